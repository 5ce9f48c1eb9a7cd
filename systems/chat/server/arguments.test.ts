import { expect, test } from 'vitest'
import { parseChatArguments } from './arguments.ts'

const environment = { DATABASE_URL: 'postgres://chat@127.0.0.1/chat' }

test('the command line wins over the environment', () => {
  const arguments_ = ['--port', '9000', '--tcp-port', '9001']
  expect(parseChatArguments(arguments_, { ...environment, PORT: '1', TCP_PORT: '2' })).toMatchObject({
    port: 9000,
    tcpPort: 9001,
  })
  expect(parseChatArguments([], { ...environment, PORT: '1', TCP_PORT: '2' })).toMatchObject({ port: 1, tcpPort: 2 })
  expect(parseChatArguments([], environment)).toMatchObject({
    port: 8080,
    tcpPort: 7000,
    host: '127.0.0.1',
    defects: [],
    without: [],
  })
})

test('defects and what is left out are lists, from the command line or the environment', () => {
  expect(parseChatArguments(['--defect', 'leak', '--without', 'metrics,audit'], environment)).toMatchObject({
    defects: ['leak'],
    without: ['metrics', 'audit'],
  })
  expect(parseChatArguments([], { ...environment, CHAT_DEFECTS: 'leak,no-block', CHAT_WITHOUT: 'limiter' })).toMatchObject({
    defects: ['leak', 'no-block'],
    without: ['limiter'],
  })
  expect(() => parseChatArguments(['--defect', 'leek'], environment)).toThrow(/"leek".*leak, no-rate-limit/)
  expect(() => parseChatArguments(['--without', 'tests'], environment)).toThrow(/metrics, audit.*"tests"/)
})

test('settings are numbers of the environment', () => {
  expect(parseChatArguments([], { ...environment, CHAT_USER_RATE: '7.5' }).settings).toMatchObject({
    userRate: 7.5,
    userBurst: 100,
  })
  for (const text of ['', 'many', '-1']) {
    expect(() => parseChatArguments([], { ...environment, CHAT_SCRYPT_COST: text })).toThrow(/CHAT_SCRYPT_COST.*16384/)
  }
})

test.each([[undefined], ['mysql://x']])('DATABASE_URL %s is refused', (url) => {
  expect(() => parseChatArguments([], { DATABASE_URL: url })).toThrow(/DATABASE_URL/)
})

test('a wrong port and an unknown option are refused', () => {
  expect(() => parseChatArguments(['--port=80a'], environment)).toThrow(/0 to 65535/)
  expect(() => parseChatArguments(['--prot', '1'], environment)).toThrow(/--prot/)
})
