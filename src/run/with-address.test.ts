import { expect, test } from 'vitest'
import { withAddress } from './with-address.ts'

test.each([
  ['http://127.0.0.1:9000/v1', 'http://127.0.0.2:4/v1'],
  ['http://127.0.0.1', 'http://127.0.0.2:4'],
  ['http://127.0.0.1/', 'http://127.0.0.2:4/'],
  ['tcp://mail:25', 'tcp://127.0.0.2:4'],
  ['postgres://clerk:p%40ss@127.0.0.1:5432/books?sslmode=disable', 'postgres://clerk:p%40ss@127.0.0.2:4/books?sslmode=disable'],
  ['postgresql://clerk@[::1]/books', 'postgresql://clerk@127.0.0.2:4/books'],
])('%s at another address is %s', (url, expected) => {
  expect(withAddress(url, { host: '127.0.0.2', port: 4 })).toBe(expected)
})
