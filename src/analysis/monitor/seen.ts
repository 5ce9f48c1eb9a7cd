import type { Counted } from '../../model/monitor-spec.ts'
import type { FailureKind } from '../../model/sample.ts'
import type { Range } from '../series-log.ts'
import type { TestData } from '../test-data.ts'

/** What proofload saw of the same: answered for certain, and what may or may not have reached the target. */
export interface Seen {
  readonly certain: number
  readonly doubtful: number
}

/** Failures before there was a connection: the target has not seen the request. */
const neverThere: readonly FailureKind[] = ['refused', 'dns', 'tls', 'timeout-connect', 'host-not-allowed']

export function seenOf(test: TestData, of: Counted, range: Range): Seen {
  if (of.kind === 'metric') return { certain: test.total('counter', { name: of.name, range }).sum, doubtful: 0 }
  return requestsOf(test, of.names).reduce<Seen>(
    (sum, name) => {
      const { count, response, failures } = test.total('request', { name, range })
      const unsent = neverThere.reduce((all, kind) => all + (failures[kind] ?? 0), 0)
      return { certain: sum.certain + response.count, doubtful: sum.doubtful + count - response.count - unsent }
    },
    { certain: 0, doubtful: 0 },
  )
}

/** Names of requests that fit one of the patterns; without patterns all. */
export function requestsOf(test: TestData, patterns: readonly string[]): readonly string[] {
  const names = test.series('request')
  if (patterns.length === 0) return names
  const fits = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'u'))
  return names.filter((name) => fits.some((one) => one.test(name)))
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
