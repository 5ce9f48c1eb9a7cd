import { expect, test } from 'vitest'
import { failure, resolve } from '../../test/kit/resolved-plan.ts'

const request = { path: '/login', json: { user: 'ada', password: 'wrong' } }

/** A plan with one limiter, on a test that looks at it. */
const limited = (
  limiter: unknown,
  { url = 'http://127.0.0.1:8080', ...more }: Record<string, unknown> & { url?: string } = {},
) => ({
  target: { url },
  limiters: { login: limiter },
  tests: { limits: { watch: true, for: '60s', objectives: ['limiter(login) = enforced'] } },
  ...more,
})

test('a limiter has a request, and the defaults of all else', () => {
  const { spec } = resolve(limited({ request }))
  expect(spec.limiters).toEqual([
    {
      ...{ name: 'login', key: { kind: 'address' }, refused: [429], expect: {}, maxPerSec: 500 },
      request: { method: 'POST', path: '/login', headers: {}, json: request.json },
    },
  ])
  const key = { header: 'Authorization', values: ['Bearer of Anne', 'Bearer of Bert'] }
  const full = { request: { path: '/list', headers: { 'X-Client': 'us' } }, key, refused: [429, 503], upTo: '50/s' }
  const expected = { ratePerSec: 5 / 60, burst: 5 }
  expect(resolve(limited({ ...full, expect: { rate: '5/m', burst: 5 } })).spec.limiters?.[0]).toMatchObject({
    request: { method: 'GET', path: '/list', headers: { 'x-client': 'us' } },
    ...{
      key: { kind: 'header', name: 'authorization', values: key.values },
      refused: [429, 503],
      maxPerSec: 50,
      expect: expected,
    },
  })
})

test('tokens are secrets, and may come from a function', () => {
  const values = ['Bearer of Anne', 'Bearer of Bert']
  expect(resolve(limited({ request, key: { header: 'authorization', values } })).secrets).toEqual(values)
  const { spec, code } = resolve(limited({ request, key: { json: 'user', values: () => ['anne', 'bert'] } }))
  expect(spec.limiters?.[0]?.key).toEqual({ kind: 'json', name: 'user' })
  expect(code.limiterValues?.['login']?.({ shared: undefined })).toEqual(['anne', 'bert'])
})

test.each([
  ['no request', {}, 'limiters.login.request'],
  ['no path', { request: {} }, "a path such as '/login'"],
  ['a path that is none', { request: { path: 'login' } }, "a path that begins with '/'"],
  ['one value', { request, key: { header: 'authorization', values: ['one'] } }, 'two different texts at least'],
  ['a header and a field', { request, key: { header: 'a', json: 'b', values: ['1', '2'] } }, "'address', or such as"],
  ['a field of no body', { request: { path: '/' }, key: { json: 'user', values: ['1', '2'] } }, 'which has to be an object'],
  ['a rate that is none', { request, expect: { rate: 'much' } }, 'limiters.login.expect.rate'],
  ['a flood', { request, upTo: '9000/s' }, 'a rate of at most 5000/s'],
  ['a status that refuses nothing', { request, refused: 200 }, 'a status such as 429'],
  ['a key that is not known', { request, keys: [] }, '`keys`'],
])('%s is told', (_, limiter, message) => {
  expect(failure(limited(limiter)).message).toContain(message)
})

test('a limiter is asked for more than it allows: only at a target that is near, or that one owns', () => {
  const values = ['a token of Anne', 'a token of Bert']
  const far = { url: 'https://shop.example.com' }
  const limiter = { request, key: { header: 'authorization', values } }
  expect(failure(limited(limiter, far)).message).toContain('or a host that is listed in `iOwn`')
  expect(resolve(limited(limiter, { ...far, iOwn: ['shop.example.com'] })).spec.limiters).toHaveLength(1)
  expect(failure(limited({ request }, { ...far, iOwn: ['shop.example.com'] })).message).toContain(
    'only loopback has other addresses',
  )
})

test('an objective names a limiter of the plan, and has the time for it', () => {
  const tests = (objective: string, length: string) => ({
    tests: { limits: { watch: true, for: length, objectives: [objective] } },
  })
  expect(failure(limited({ request }, tests('limiter(logn) = enforced', '60s'))).message).toContain(
    'Did you mean `limiter(login)`?',
  )
  expect(failure(limited({ request }, tests('limiter(login) = enforced', '5s'))).message).toContain('at least 15 s for `limiter`')
  expect(failure(limited({ request }, tests('limiter(login) = good', '60s'))).message).toContain('enforced')
  const without = { tests: { limits: { watch: true, for: '60s', objectives: ['limiter(login) = enforced'] } } }
  expect(failure({ target: { url: 'http://127.0.0.1:1' }, ...without }).message).toContain('`limiters` in the plan')
})
