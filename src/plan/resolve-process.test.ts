import { expect, test } from 'vitest'
import { Problems } from '../base/check.ts'
import { resolveProcess } from './resolve-process.ts'

const here = import.meta.dirname

function resolve(options: object) {
  const problems = new Problems()
  const spec = resolveProcess(problems, ['services', 'payments'], { kind: 'process', ...options }, here)
  return { spec, problems: problems.list.map(({ path, expected }) => `${path.join('.')}: ${expected}`) }
}

test('a command and a page are enough: the port is a free one', () => {
  const { spec, problems } = resolve({
    start: 'node "my payments.js" --slow',
    ready: '/health',
    env: { WORKERS: 4, OFF: undefined },
  })
  expect(problems).toEqual([])
  expect(spec).toMatchObject({
    kind: 'process',
    protocol: 'http',
    url: 'http://127.0.0.1:0',
    start: ['node', 'my payments.js', '--slow'],
    ready: '/health',
    env: { WORKERS: '4' },
    readyTimeoutSec: 30,
    stopTimeoutSec: 10,
  })
})

test.each([
  ['tcp://127.0.0.1:9000', 'tcp'],
  ['postgres://user@127.0.0.1:0/bank', 'postgres'],
  ['http://localhost:9000/v1', 'http'],
])('%s is spoken as %s', (url, protocol) => {
  expect(resolve({ start: 'node x.js', url }).spec).toMatchObject({ url, protocol })
})

test.each([
  [{}, /^services\.payments\.start: a command/],
  [{ start: 'node x.js', url: 'http://payments.example' }, /^services\.payments\.url: a URL of this machine/],
  [{ start: 'node x.js', url: 'tcp://127.0.0.1' }, /^services\.payments\.url: /],
  [{ start: 'node x.js', url: 'tcp://127.0.0.1:0', ready: '/health' }, /^services\.payments\.ready: a URL/],
  [{ start: 'node x.js', env: { LIST: [] } }, /^services\.payments\.env\.LIST: a text/],
  [{ start: 'node x.js', prot: 1 }, /prot/],
])('%j is refused', (options, words) => {
  const { problems } = resolve(options)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(words)
})
