import { expect, test } from 'vitest'
import { parseShopArguments } from './arguments.ts'

const environment = { DATABASE_URL: 'postgres://shop@127.0.0.1/shop' }

test('the command line wins over PORT, and 8080 is the default', () => {
  expect(parseShopArguments(['--port', '9000'], { ...environment, PORT: '9001' }).port).toBe(9000)
  expect(parseShopArguments([], { ...environment, PORT: '9001' }).port).toBe(9001)
  expect(parseShopArguments([], environment).port).toBe(8080)
})

test('--defect can be repeated', () => {
  expect(parseShopArguments(['--defect', 'no-cache', '--defect', 'small-pool'], environment).defects).toEqual([
    'no-cache',
    'small-pool',
  ])
})

test('an unknown defect is refused with the known ones', () => {
  expect(() => parseShopArguments(['--defect', 'nocache'], environment)).toThrow(/"nocache".*slow-query, no-cache/)
})

test.each(['-1', '65536', '80a', ''])('port "%s" is refused', (port) => {
  expect(() => parseShopArguments([`--port=${port}`], environment)).toThrow(/0 to 65535/)
})

test('a missing or foreign DATABASE_URL and an unknown option are refused', () => {
  expect(() => parseShopArguments([], {})).toThrow(/DATABASE_URL/)
  expect(() => parseShopArguments([], { DATABASE_URL: 'mysql://x' })).toThrow(/postgres/)
  expect(() => parseShopArguments(['--prot', '1'], environment)).toThrow(/--prot/)
})

test('payments are simulated without PAYMENTS_URL, and at another address than HTTP refused', () => {
  expect(parseShopArguments([], environment).paymentsUrl).toBeUndefined()
  expect(parseShopArguments([], { ...environment, PAYMENTS_URL: 'http://127.0.0.1:9' }).paymentsUrl).toBe('http://127.0.0.1:9')
  expect(() => parseShopArguments([], { ...environment, PAYMENTS_URL: 'tcp://x' })).toThrow(/PAYMENTS_URL/)
})
