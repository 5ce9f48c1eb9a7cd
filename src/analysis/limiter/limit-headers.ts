import type { LimitPolicy, LimitSaid } from '../../model/limiter-step.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Later than this many seconds it is a time of day: 2001 in seconds, 1970 in milliseconds. */
const epochFromSec = 1e9
const epochFromMs = 1e12

/**
 * What an answer says of the limit: `RateLimit` and `RateLimit-Policy` of the IETF's drafts (`limit=10, remaining=4, reset=3` or `"name";r=4;t=3`, with
 * `"name";q=10;w=60` or `10;w=60`), the three headers `RateLimit-Limit`, `-Remaining`, `-Reset` of the older ones, those with `X-` before them, and
 * `Retry-After` (RFC 9110, 10.2.3: seconds, or a date). Undefined: nothing.
 */
export function readLimitHeaders(headers: Headers, nowMs: number): LimitSaid | undefined {
  const text = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  const either = (name: string): string | undefined =>
    text(`ratelimit-${name}`) ?? text(`x-ratelimit-${name}`) ?? text(`x-rate-limit-${name}`)
  const joined = parametersOf(text('ratelimit'))
  const limit = numberOf(either('limit')) ?? joined.get('limit')
  const remaining = numberOf(either('remaining')) ?? joined.get('r') ?? joined.get('remaining')
  const draftReset = secondsOf(text('ratelimit-reset'), nowMs) ?? joined.get('t') ?? joined.get('reset')
  const ownReset = secondsOf(text('x-ratelimit-reset') ?? text('x-rate-limit-reset'), nowMs)
  const resetSec = draftReset ?? ownReset
  const retryAfterSec = secondsOf(text('retry-after'), nowMs)
  const policies = policiesOf(text('ratelimit-policy'))
  const said: LimitSaid = {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetSec === undefined ? {} : { resetSec }),
    ...(draftReset === undefined && ownReset !== undefined ? { isOwnReset: true as const } : {}),
    ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
    ...(policies.length === 0 ? {} : { policies }),
  }
  return Object.keys(said).length === 0 ? undefined : said
}

/** `10`, and the first of `10, 10;w=1`. */
function numberOf(text: string | undefined): number | undefined {
  const found = /^\s*(-?\d+(?:\.\d+)?)/.exec(text ?? '')?.[1]
  return found === undefined ? undefined : Number(found)
}

function secondsOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  const number = numberOf(text)
  if (number === undefined || /^\s*\d{4}-/.test(text)) {
    const date = Date.parse(text)
    return Number.isNaN(date) ? undefined : thousandths((date - nowMs) / 1000)
  }
  if (number >= epochFromMs) return thousandths((number - nowMs) / 1000)
  return number >= epochFromSec ? thousandths(number - nowMs / 1000) : number
}

function thousandths(sec: number): number {
  return Math.round(sec * 1000) / 1000
}

/** `"default";r=4;t=3` or `limit=10, remaining=4, reset=3`, of the first item that has numbers. */
function parametersOf(text: string | undefined): ReadonlyMap<string, number> {
  return new Map(
    [...(text ?? '').matchAll(/([a-z]+)\s*=\s*(-?\d+(?:\.\d+)?)/gi)].map(([, name = '', value]) => [
      name.toLowerCase(),
      Number(value),
    ]),
  )
}

function policiesOf(text: string | undefined): readonly LimitPolicy[] {
  return (text ?? '').split(',').flatMap((item) => {
    const found = parametersOf(item)
    const quota = found.get('q') ?? numberOf(item)
    const windowSec = found.get('w')
    return quota === undefined ? [] : [{ quota, ...(windowSec === undefined ? {} : { windowSec }) }]
  })
}
