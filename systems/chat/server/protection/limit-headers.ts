import type { Admission } from './contract.ts'

/**
 * What an answer says of the limit (draft-ietf-httpapi-ratelimit-headers-10, and RFC 9110 10.2.3 of Retry-After). Seconds are whole numbers there: times are
 * rounded up, so that who waits as long as told is admitted. On a refusal `t` is the time of Retry-After, as the two must not contradict each other.
 */
export function limitHeaders(admission: Admission): Readonly<Record<string, string>> {
  const { allowed, remaining, resetSec, retryAfterSec, policies, policy } = admission
  if (policies.length === 0) return {}
  const wait = Math.max(1, Math.ceil(retryAfterSec))
  return {
    'ratelimit-policy': policies.map(({ name, limit, windowSec }) => `"${name}";q=${limit};w=${Math.ceil(windowSec)}`).join(', '),
    ratelimit: `"${policy}";r=${remaining};t=${allowed ? Math.ceil(resetSec) : wait}`,
    ...(allowed ? {} : { 'retry-after': String(wait) }),
  }
}
