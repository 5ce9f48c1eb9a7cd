import type { Path, Problems } from '../../base/check.ts'
import { isRecord, listWords, nearest } from '../../base/check.ts'
import { formatRate } from '../../base/rate.ts'
import type { AttackCaps, AttackSearch, AttackSpec, AttackTarget } from '../../model/attack-spec.ts'
import { Fields } from '../fields.ts'
import { isNear } from '../near-host.ts'
import { without } from '../test-form.ts'
import { readCaps, readRatePerSec } from './caps.ts'
import { floodReaders } from './read-flood.ts'
import { logInReaders } from './read-log-in.ts'
import type { AttackReader } from './reader.ts'
import { isLoopback, mostSources, sourceAddresses } from './sources.ts'

const readers: Readonly<Record<string, AttackReader>> = { ...logInReaders, ...floodReaders }

const entryExample = "an attack such as `{ at: '5s', for: '10s', attack: attack.bruteForce({ path: '/login', user: 'ada' }) }`"
const attackExample = 'an attack such as `attack.slowHeaders()`'
const commonKeys = ['to', 'rate', 'sources', 'connections', 'blocked', 'blockedText', 'path']
const defaultSources = 20
const defaultStepMs = 5000

export interface AttackContext {
  readonly problems: Problems
  /** Length of the load that the attacks lie in. */
  readonly durationSec: number
  readonly targetUrl: string | undefined
  readonly iOwn: readonly string[]
  /** The plan counts the entries of the target's audit log. */
  readonly hasAuditCount: boolean
}

/** `attacks` of a test; undefined when absent. What is wrong is reported. */
export function resolveAttacks(path: Path, value: unknown, context: AttackContext): readonly AttackSpec[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0) {
    context.problems.add(path, `a list with ${entryExample}`, value)
    return undefined
  }
  const specs = value.flatMap((entry: unknown, i) => resolveEntry([...path, i], entry, { ...context, number: i }) ?? [])
  const seen = new Map<string, number>()
  return specs.map((spec) => {
    const count = (seen.get(spec.id) ?? 0) + 1
    seen.set(spec.id, count)
    return count === 1 ? spec : { ...spec, id: `${spec.id} ${count}` }
  })
}

function resolveEntry(path: Path, entry: unknown, context: AttackContext & { readonly number: number }): AttackSpec | undefined {
  const { problems, durationSec, number } = context
  if (!isRecord(entry)) {
    problems.add(path, entryExample, entry)
    return undefined
  }
  const fields = new Fields(problems, path, entry, ['at', 'for', 'attack', 'name', 'caps', 'search'])
  const before = problems.list.length
  const atMs = fields.durationMs('at', 'zero')
  const forMs = fields.durationMs('for')
  if (!fields.has('at')) fields.wrong('at', "when it begins, from the start of the load, such as '5s'")
  if (!fields.has('for')) fields.wrong('for', "how long it lasts, such as '10s'")
  const kind = kindOf(fields)
  if (kind === undefined || atMs === undefined || forMs === undefined) return undefined
  const { name, reader, given } = kind
  const own = new Fields(problems, fields.at('attack'), given, [...commonKeys, ...reader.keys])
  const place = placeOf(own, reader, context)
  if (place === undefined) return undefined
  const action = reader.read(own, place)
  const caps = readCaps(problems, fields.at('caps'), fields.raw('caps'))
  const perSec = readRatePerSec(own, 'rate') ?? reader.defaults.perSec
  const connections = own.count('connections', 1) ?? reader.defaults.connections
  if (perSec > caps.perSec) own.wrong('rate', `no more than ${formatRate(caps.perSec)}, the cap of this attack`, capHint)
  if (connections > caps.sockets) own.wrong('connections', `no more than ${caps.sockets}, the cap of this attack`, capHint)
  if (forMs / 1000 > caps.seconds) fields.wrong('for', `no longer than ${caps.seconds} s, the cap of this attack`, capHint)
  const endSec = (atMs + forMs) / 1000
  if (endSec > durationSec) problems.addText(path, `an end within the load, which lasts ${durationSec} s`, `${endSec} s`)
  const sources = own.count('sources', 1) ?? defaultSources
  if (sources > mostSources) own.wrong('sources', `at most ${mostSources} source addresses`)
  const search = searchOf(fields, { perSec, caps, forSec: forMs / 1000 })
  const blockedText = own.string('blockedText')
  const blocked = blockedOf(own) ?? reader.defaults.blocked
  if (action === undefined || problems.list.length > before) return undefined
  return {
    id: fields.string('name') ?? name,
    atSec: atMs / 1000,
    forSec: forMs / 1000,
    attack: action,
    target: place.target,
    sources: isLoopback(place.target.host) ? sourceAddresses(number, sources) : [],
    ...{ perSec, connections, blocked, caps },
    hasAuditCount: context.hasAuditCount && Object.hasOwn(logInReaders, name),
    ...(blockedText === undefined ? {} : { blockedText }),
    ...(search === undefined ? {} : { search }),
  }
}

const capHint = 'Raise `caps` of this attack, if the target is yours to break.'

function kindOf(
  fields: Fields,
): { readonly name: string; readonly reader: AttackReader; readonly given: Readonly<Record<string, unknown>> } | undefined {
  const given = fields.raw('attack')
  const name = isRecord(given) && given['kind'] === 'attack' ? given['attack'] : undefined
  if (!isRecord(given) || typeof name !== 'string') {
    fields.wrong('attack', attackExample)
    return undefined
  }
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
  if (reader !== undefined) return { name, reader, given: without(without(given, 'kind'), 'attack') }
  const near = nearest(name, Object.keys(readers))
  const hint = near === undefined ? undefined : `Did you mean \`attack.${near}\`?`
  fields.problems.addText(fields.at('attack'), `one of ${listWords(Object.keys(readers))}`, `\`${name}\``, hint)
  return undefined
}

interface Place {
  readonly target: AttackTarget
  readonly path: string
  readonly protocol: 'ws' | 'tcp'
}

/** Where the attack goes: only near hosts, and those that the plan declares to own. */
function placeOf(own: Fields, { schemes, defaults }: AttackReader, { targetUrl, iOwn }: AttackContext): Place | undefined {
  const text = own.string('to') ?? targetUrl
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !schemes.includes(url.protocol) || url.hostname === '') {
    const words = schemes.map((scheme) => `${scheme}//`).join(', ')
    own.wrong(
      'to',
      `where the attack goes: a URL with ${words}${targetUrl === undefined ? ', as the plan has no `target.url`' : ''}`,
    )
    return undefined
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const tls = url.protocol === 'https:' || url.protocol === 'wss:'
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port)
  if (url.protocol === 'tcp:' && url.port === '') own.wrong('to', 'a URL with a port, such as `tcp://127.0.0.1:7000`')
  const owned = iOwn.includes(host) || iOwn.includes(`${host}:${port}`)
  if (!owned && !isNear(host)) {
    own.problems.addText(
      own.at('to'),
      'an address of this machine or of a private network for an attack, or a host that is listed in `iOwn`',
      `\`${host}\``,
      'Attack only what is yours. To declare that it is: `iOwn: [' + `'${host}'` + ']` in the plan.',
    )
    return undefined
  }
  const path = own.string('path') ?? (own.has('to') && url.pathname.length > 1 ? url.pathname : defaults.path)
  if (!/^\/[\x21-\x7e]*$/.test(path)) own.wrong('path', "a path such as '/login'")
  return { target: { host, port, tls, owned }, path, protocol: url.protocol === 'tcp:' ? 'tcp' : 'ws' }
}

function blockedOf(own: Fields): readonly string[] | undefined {
  const value = own.raw('blocked')
  if (value === undefined) return undefined
  const isWord = (one: unknown): boolean =>
    one === 'closed' || (typeof one === 'number' && Number.isInteger(one) && one >= 100 && one < 5000)
  if (Array.isArray(value) && value.every(isWord)) return value.map(String)
  own.wrong('blocked', "statuses, close codes and 'closed', such as [403, 429, 'closed']")
  return undefined
}

/** Doubled from step to step, as far as the cap and the time allow. */
function searchOf(
  fields: Fields,
  { perSec, caps, forSec }: { readonly perSec: number; readonly caps: AttackCaps; readonly forSec: number },
): AttackSearch | undefined {
  const value = fields.raw('search')
  if (value === undefined || value === false) return undefined
  const inner = new Fields(fields.problems, fields.at('search'), value === true ? {} : value, ['each'])
  const eachSec = (inner.durationMs('each') ?? defaultStepMs) / 1000
  const rates: number[] = []
  for (let rate = perSec; rates.length * eachSec + eachSec <= forSec + 1e-9; rate *= 2) {
    rates.push(Math.min(rate, caps.perSec))
    if (rate >= caps.perSec) break
  }
  if (rates.length >= 2) return { eachSec, rates }
  fields.wrong('search', `an attack of at least two steps of ${eachSec} s, where \`for\` is ${forSec} s`)
  return undefined
}
