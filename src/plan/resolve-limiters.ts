import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import { rateExamples, readRate } from '../base/rate.ts'
import { shortestSecret } from '../base/secrets.ts'
import type { LimiterKeySpec, LimiterRequest, LimiterSpec } from '../model/limiter-spec.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { isNear } from './near-host.ts'

const defaultPerSec = 500
/** More would be a load test, and not what a limiter is for. */
const mostPerSec = 5000

export interface LimiterContext {
  readonly target: TargetSpec | undefined
  readonly iOwn: readonly string[]
  /** Grows with what must not be written down. */
  readonly secrets: string[]
}

/** The rate limiters that a plan declares. They are asked for more than they allow: of a target that is near, or that the user owns. */
export function resolveLimiters(problems: Problems, value: unknown, context: LimiterContext): readonly LimiterSpec[] {
  if (value === undefined) return []
  if (!isRecord(value)) {
    problems.add(['limiters'], "an object such as `{ login: { request: { method: 'POST', path: '/login' } } }`", value)
    return []
  }
  checkTarget(problems, context)
  return Object.entries(value).flatMap(([name, item]) => resolveLimiter(problems, name, item, context) ?? [])
}

function checkTarget(problems: Problems, { target, iOwn }: LimiterContext): void {
  const url = target?.url
  if (url === undefined) {
    problems.addText(['limiters'], 'a target with a `url` for `limiters`', 'none')
    return
  }
  const { hostname, host } = new URL(url)
  if (isNear(hostname) || iOwn.includes(hostname) || iOwn.includes(host)) return
  problems.addText(
    ['limiters'],
    'a target on this machine or in a private network, or a host that is listed in `iOwn`: a limiter is asked for more than it allows',
    `\`${hostname}\``,
  )
}

function resolveLimiter(problems: Problems, name: string, value: unknown, context: LimiterContext): LimiterSpec | undefined {
  const path = ['limiters', name]
  const before = problems.list.length
  if (!/^[A-Za-z_][\w-]*$/.test(name)) problems.add(path, 'a name of letters, digits, `_` and `-`', name)
  const fields = new Fields(problems, path, value, ['request', 'key', 'expect', 'refused', 'upTo'])
  if (!fields.has('request')) fields.wrong('request', "a request such as `{ method: 'POST', path: '/login', json: { … } }`")
  const request = resolveRequest(
    new Fields(problems, fields.at('request'), fields.raw('request') ?? {}, ['method', 'path', 'headers', 'json']),
  )
  const key = resolveKey(fields, request, context)
  const expected = new Fields(problems, fields.at('expect'), fields.raw('expect'), ['rate', 'burst'])
  const ratePerSec = rateOf(expected, 'rate')
  const burst = expected.count('burst', 1)
  const refused = refusedOf(fields)
  const maxPerSec = rateOf(fields, 'upTo') ?? defaultPerSec
  if (maxPerSec > mostPerSec) fields.wrong('upTo', `a rate of at most ${String(mostPerSec)}/s`)
  if (problems.list.length > before || request === undefined || key === undefined) return undefined
  const expect = { ...(ratePerSec === undefined ? {} : { ratePerSec }), ...(burst === undefined ? {} : { burst }) }
  return { name, request, key, refused, expect, maxPerSec }
}

function resolveRequest(fields: Fields): LimiterRequest | undefined {
  const path = fields.string('path', "a path such as '/login'")
  if (fields.has('path') && path !== undefined && !path.startsWith('/')) fields.wrong('path', "a path that begins with '/'")
  if (!fields.has('path')) fields.wrong('path', "a path such as '/login'")
  const method = fields.string('method') ?? (fields.has('json') ? 'POST' : 'GET')
  if (!/^[A-Z]+$/.test(method)) fields.wrong('method', "a method such as 'POST'")
  const headers = fields.texts('headers') ?? {}
  const json = fields.raw('json')
  return path === undefined ? undefined : { method, path, headers: lowerCased(headers), ...(json === undefined ? {} : { json }) }
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

const keyExamples = "'address', or such as `{ header: 'authorization', values: ['Bearer a', 'Bearer b'] }`"

function resolveKey(fields: Fields, request: LimiterRequest | undefined, context: LimiterContext): LimiterKeySpec | undefined {
  const value = fields.raw('key') ?? 'address'
  if (value === 'address') {
    if (context.target?.url !== undefined && !isLoopback(context.target.url))
      fields.problems.addText(
        fields.at('key'),
        'a header or a field of the body as the `key` of a limiter: only loopback has other addresses for its clients',
        "`'address'`",
      )
    return { kind: 'address' }
  }
  if (!isRecord(value)) {
    fields.wrong('key', keyExamples)
    return undefined
  }
  const key = new Fields(fields.problems, fields.at('key'), value, ['header', 'json', 'values'])
  const header = key.string('header')
  const json = key.string('json')
  if ((header === undefined) === (json === undefined)) fields.wrong('key', keyExamples)
  if (json !== undefined && request !== undefined && !isRecord(request.json))
    key.wrong('json', 'the name of a field of `request.json`, which has to be an object')
  const values = key.raw('values')
  const isList = Array.isArray(values) && values.every((one): one is string => typeof one === 'string' && one !== '')
  if (typeof values !== 'function' && (!isList || new Set(values).size < 2))
    key.wrong('values', 'two different texts at least, or a function that gives them')
  const isSecret = header !== undefined && /authorization|cookie|key|token/i.test(header)
  if (isList && isSecret) context.secrets.push(...values.filter((one) => one.length >= shortestSecret))
  const named =
    header === undefined ? { kind: 'json' as const, name: json ?? '' } : { kind: 'header' as const, name: header.toLowerCase() }
  return { ...named, ...(isList ? { values } : {}) }
}

function isLoopback(url: string): boolean {
  return /^(127\.|localhost$|.*\.localhost$)/.test(new URL(url).hostname)
}

function rateOf(fields: Fields, key: string): number | undefined {
  const value = fields.raw(key)
  if (value === undefined) return undefined
  const perSec = readRate(value)
  if (perSec !== undefined && perSec > 0) return perSec
  fields.wrong(key, rateExamples)
  return undefined
}

function refusedOf(fields: Fields): readonly number[] {
  const value = fields.raw('refused') ?? 429
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isStatus = (one: unknown): one is number => typeof one === 'number' && Number.isInteger(one) && one >= 400 && one < 600
  if (list.length > 0 && list.every(isStatus)) return list
  fields.wrong('refused', 'a status such as 429, or a list of them')
  return []
}
