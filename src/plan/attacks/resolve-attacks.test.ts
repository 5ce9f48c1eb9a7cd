import { describe, expect, it } from 'vitest'
import { Problems } from '../../base/check.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'
import { attack } from './builders.ts'
import type { AttackContext } from './resolve-attacks.ts'
import { resolveAttacks } from './resolve-attacks.ts'

const near: Omit<AttackContext, 'problems'> = {
  ...{ durationSec: 60, targetUrl: 'http://127.0.0.1:8080', iOwn: [], hasAuditCount: false },
}

function resolved(entry: object, context: Partial<AttackContext> = {}) {
  const problems = new Problems()
  const specs = resolveAttacks(['tests', 'a', 'attacks'], [{ at: '5s', for: '10s', ...entry }], { ...near, ...context, problems })
  return { spec: specs?.[0], mistakes: problems.list.map(({ path, expected }) => `${path.join('.')}: ${expected}`) }
}

const mistake = (entry: object, context: Partial<AttackContext> = {}) => resolved(entry, context).mistakes.join('\n')

describe('an attack in a plan', () => {
  it('has its defaults filled in, and a network of source addresses of its own', () => {
    const { spec, mistakes } = resolved({ attack: attack.bruteForce({ path: '/login', user: 'ada', sources: 3 }) })
    expect(mistakes).toEqual([])
    expect(spec).toMatchObject({
      ...{ id: 'bruteForce', atSec: 5, forSec: 10, perSec: 50, connections: 0, blocked: ['403', '423', '429'] },
      sources: ['127.66.0.1', '127.66.0.2', '127.66.0.3'],
      target: { host: '127.0.0.1', port: 8080, tls: false, owned: false },
      caps: { perSec: 500, sockets: 1000, bytes: 1e8, seconds: 120 },
    })
  })

  it.each([
    ['connectionFlood', attack.connectionFlood()],
    ['slowHeaders', attack.slowHeaders({ every: '200ms' })],
    ['slowBody', attack.slowBody({ bytes: '1MB' })],
    ['slowRead', attack.slowRead()],
    ['endlessBody', attack.endlessBody()],
    ['idleHoarding', attack.idleHoarding()],
    ['headerFlood', attack.headerFlood({ headers: 500 })],
    ['hugeBody', attack.hugeBody({ bytes: '1MB' })],
    ['malformedHttp', attack.malformedHttp()],
    ['malformedFrames', attack.malformedFrames({ path: '/ws' })],
    ['httpFlood', attack.httpFlood({ method: 'POST', cacheBuster: true })],
    ['messageFlood', attack.messageFlood({ to: 'tcp://127.0.0.1:7000', messages: ['SAY {n}'] })],
    ['joinFlood', attack.joinFlood({ path: '/ws', messages: ['{"type":"join"}'] })],
    ['pingFlood', attack.pingFlood({ path: '/ws' })],
    ['reconnectStorm', attack.reconnectStorm({ to: 'ws://127.0.0.1:8080/ws' })],
    ['passwordSpraying', attack.passwordSpraying({ users: ['ada', 'bob'] })],
    ['credentialStuffing', attack.credentialStuffing({ credentials: [['ada', 'x']] })],
    ['userEnumeration', attack.userEnumeration({ known: ['ada'] })],
  ])('can be %s', (kind, given) => {
    const { spec, mistakes } = resolved({ attack: given })
    expect(mistakes).toEqual([])
    expect(spec?.attack.kind).toBe(kind)
  })

  it('is numbered when there is another of its kind', () => {
    const problems = new Problems()
    const entry = { at: '5s', for: '1s', attack: attack.idleHoarding() }
    const specs = resolveAttacks(['attacks'], [entry, { ...entry, name: 'hoard' }, entry], { ...near, problems })
    expect(specs?.map(({ id }) => id)).toEqual(['idleHoarding', 'hoard', 'idleHoarding 2'])
    expect(new Set(specs?.flatMap(({ sources }) => sources)).size).toBe(60)
  })
})

describe('the guard rails', () => {
  const flood = { attack: attack.connectionFlood() }

  it.each(['http://example.com', 'http://8.8.8.8:80', 'https://shop.example.org'])('refuse %s', (targetUrl) => {
    expect(mistake(flood, { targetUrl })).toContain('listed in `iOwn`')
  })

  it.each(['http://127.9.9.9:80', 'http://10.0.0.7', 'http://192.168.1.4:81', 'http://localhost:3000', 'http://[::1]:80'])(
    'allow %s',
    (targetUrl) => {
      expect(resolved(flood, { targetUrl }).mistakes).toEqual([])
    },
  )

  it('refuse a public host in `to` as in the target', () => {
    expect(mistake({ attack: attack.connectionFlood({ to: 'tcp://8.8.8.8:53' }) })).toContain('listed in `iOwn`')
  })

  it('allow a host that the plan declares to own, from one address', () => {
    const { spec } = resolved(flood, { targetUrl: 'http://203.0.113.5', iOwn: ['203.0.113.5'] })
    expect(spec).toMatchObject({ sources: [], target: { owned: true } })
  })

  it('keep an attack within its caps', () => {
    expect(mistake({ attack: attack.httpFlood({ rate: '600/s' }) })).toContain('no more than 500/s')
    expect(mistake({ attack: attack.slowHeaders({ connections: 2000 }) })).toContain('no more than 1000')
    expect(mistake({ for: '200s', attack: attack.slowHeaders() }, { durationSec: 300 })).toContain('no longer than 120 s')
  })

  it('let a plan lower the caps, and raise them no further than the hard ones', () => {
    expect(mistake({ ...flood, caps: { rate: '50/s' } })).toContain('no more than 50/s')
    expect(resolved({ attack: attack.httpFlood({ rate: '900/s' }), caps: { rate: '1000/s' } }).mistakes).toEqual([])
    expect(mistake({ ...flood, caps: { rate: '6000/s' } })).toContain('which no plan can raise')
    expect(mistake({ ...flood, caps: { sockets: 20_000 } })).toContain('which no plan can raise')
    expect(mistake({ ...flood, caps: { bytes: '2GB' } })).toContain('which no plan can raise')
    expect(mistake({ ...flood, caps: { time: '11m' } })).toContain('which no plan can raise')
  })
})

describe('mistakes in an attack', () => {
  it.each<[string, object, string]>([
    ['an unknown kind', { attack: { kind: 'attack', attack: 'bruteforce' } }, 'one of'],
    ['no kind', { attack: 'bruteForce' }, 'an attack such as'],
    ['an unknown key', { attack: attack.slowHeaders({ evry: '1s' } as object) }, 'every'],
    ['no time', { at: undefined, attack: attack.slowHeaders() }, 'when it begins'],
    ['an end after the load', { at: '55s', attack: attack.slowHeaders() }, 'an end within the load'],
    ['no known name', { attack: attack.userEnumeration({ known: [] }) }, 'at least one name that exists'],
    ['no message', { attack: attack.messageFlood({}) }, 'at least one message'],
    ['a wrong scheme', { attack: attack.slowHeaders({ to: 'tcp://127.0.0.1:1' }) }, 'where the attack goes'],
    ['a bad status', { attack: attack.bruteForce({ blocked: [99] }) }, "'closed'"],
    ['a path that is none', { attack: attack.httpFlood({ path: 'no slash' }) }, 'a path'],
  ])('are told: %s', (_, entry, expected) => {
    expect(mistake(entry)).toContain(expected)
  })
})

describe('a search', () => {
  const ratesOf = (spec: AttackSpec | undefined) => spec?.search?.rates

  it('doubles the rate as far as time and cap allow', () => {
    const flood = attack.httpFlood({ rate: '100/s' })
    expect(ratesOf(resolved({ for: '20s', attack: flood, search: true }).spec)).toEqual([100, 200, 400, 500])
    expect(ratesOf(resolved({ for: '10s', attack: flood, search: true }).spec)).toEqual([100, 200])
    expect(ratesOf(resolved({ for: '4s', attack: flood, search: { each: '2s' } }).spec)).toEqual([100, 200])
  })

  it('needs two steps', () => {
    expect(mistake({ for: '6s', attack: attack.httpFlood(), search: true })).toContain('at least two steps')
  })
})
