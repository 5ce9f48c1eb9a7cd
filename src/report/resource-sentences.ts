import type { FaultResult, LeakResult, LimitResult, ResourceVerdict, TestResult } from '../model/run-result.ts'
import { capitalised, ended } from './capacity-sentences.ts'
import { bytes, count, digits, duration, inUnit } from './numbers.ts'

/** What was found about one resource, in one line, with a mark that is not colour alone. */
export interface ResourceLine {
  readonly mark: '✓' | '✗' | '?' | '·'
  readonly text: string
}

export function leakLine(leak: LeakResult): ResourceLine {
  const { unit, verdict, perRequest, interval, secondsToLimit, limit } = leak
  const between = interval === null ? '' : `, 99 % interval ${inUnit(interval[0], unit)} to ${inUnit(interval[1], unit)}`
  const grows = perRequest === null ? '' : `${inUnit(perRequest, unit)} a request${between}`
  if (verdict !== 'leak')
    return {
      mark: verdict === 'none' ? '✓' : '?',
      text: `${leak.resource}: ${verdict === 'none' ? 'no leak' : 'not known'}. ${ended(leak.reason)}`,
    }
  const left =
    secondsToLimit === null
      ? ''
      : ` The limit${limit === null ? '' : ` of ${inUnit(limit, unit)}`} is reached after ${duration(secondsToLimit)} of this load.`
  return { mark: '✗', text: `${leak.resource}: leak${grows === '' ? '' : `, ${grows}`}. ${ended(leak.reason)}${left}` }
}

/** One line a leak; resources without one, or of which nothing is known, share a line with others of the same reason. */
export function leakLines(test: TestResult): ResourceLine[] {
  const leaks = test.leaks ?? []
  const alike = (verdict: LeakResult['verdict']): ReadonlyMap<string, readonly string[]> => {
    const names = new Map<string, readonly string[]>()
    for (const { reason, resource } of leaks.filter((leak) => leak.verdict === verdict))
      names.set(reason, [...(names.get(reason) ?? []), resource])
    return names
  }
  const [sound, open] = [alike('none'), alike('unknown')]
  // A short test tells nothing of leaks, and its names need not be read.
  if (leaks.length > 1 && leaks.every(({ verdict }) => verdict === 'unknown'))
    return [
      { mark: '?', text: `not known for any of ${count(leaks.length)} resources. ${[...open.keys()].map(ended).join(' ')}` },
    ]
  return [
    ...leaks.filter(({ verdict }) => verdict === 'leak').map(leakLine),
    ...[...sound].map(([reason, names]) => ({ mark: '✓' as const, text: `${names.join(', ')}: no leak. ${ended(reason)}` })),
    ...[...open].map(([reason, names]) => ({ mark: '?' as const, text: `${names.join(', ')}: not known. ${ended(reason)}` })),
  ]
}

/** D13 in one line: reached or not, how it failed, what else failed, whether it lives, whether it came back. */
export function resourceLine(one: ResourceVerdict): ResourceLine {
  const { resource, verdict, reason, errorClass, collateral, recoveredSec, givenBack } = one
  const facts = [
    ...(errorClass === null ? [] : [`errors: ${errorClass}`]),
    ...(collateral.length === 0 ? [] : [`failed with it: ${collateral.join(', ')}`]),
    ...(recoveredSec === null || recoveredSec === 0 ? [] : [`recovered after ${duration(recoveredSec)}`]),
    ...(givenBack === null ? [] : [givenBack ? 'everything given back' : 'not everything given back']),
  ]
  const words = { PASS: 'bears it', FAIL: 'does not bear it', UNKNOWN: 'not known' }[verdict]
  return {
    mark: verdict === 'PASS' ? '✓' : verdict === 'FAIL' ? '✗' : '?',
    text: `${resource}: ${words}. ${ended(reason)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`,
  }
}

export function limitLine({ name, asked, set, how }: LimitResult): ResourceLine {
  return { mark: set ? '✓' : '?', text: `${name} ${limitAmount({ name, asked })}: ${set ? 'set' : 'not set'}, ${how}` }
}

/** `128 MB`, `64`, `0.25`. */
export function limitAmount({ name, asked }: Pick<LimitResult, 'name' | 'asked'>): string {
  if (name === 'memory' || name === 'fileSize') return bytes(asked)
  return Number.isInteger(asked) ? count(asked) : digits(asked)
}

export function faultLine({ id, kind, at, clearedAt, verified, evidence, crossed }: FaultResult): ResourceLine {
  // Most ids begin with the kind: `down(db)`.
  const what = id === kind || id.startsWith(`${kind}(`) ? id : `${id} (${kind})`
  const seen = evidence === '' ? '' : ` ${ended(capitalised(evidence))}`
  if (at === null) return { mark: '?', text: `${what}: never came to be.${seen}` }
  const until = clearedAt === null ? 'not seen to end' : `until ${duration(clearedAt)}`
  const met = crossed === null ? '' : `, met by ${count(crossed)}`
  return {
    mark: verified ? '✓' : '?',
    text: `${what}: from ${duration(at)} ${until}, ${verified ? 'verified' : 'not verified'}${met}.${seen}`,
  }
}
