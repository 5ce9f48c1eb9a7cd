import type { ReadinessCheck } from './readiness-checks.ts'

export type ReadinessAnswer = 'ready' | 'ready with limits' | 'not ready' | 'not known'

export interface ReadinessVerdict {
  readonly answer: ReadinessAnswer
  /** What it rests on, most important first. */
  readonly reasons: readonly string[]
  /** The same in a few words; empty where there is nothing to say. */
  readonly because: string
}

/**
 * From the checks of a run: *not ready* when one that must hold fails; *not known* when the measurement cannot be relied on or no load was
 * judged; *ready with limits* when another fails, or one that must hold was not tested; *ready* otherwise.
 */
export function readinessVerdict(checks: readonly ReadinessCheck[]): ReadinessVerdict {
  const failed = checks.filter(({ found }) => found.kind === 'fail')
  const broken = failed.filter(({ weight }) => weight === 'must')
  if (broken.length > 0) return { answer: 'not ready', reasons: broken.map(reasonOf), because: failing(broken) }
  const doubtful = failed.filter(({ weight }) => weight === 'measurement')
  if (doubtful.length > 0) return { answer: 'not known', reasons: doubtful.map(reasonOf), because: failing(doubtful) }
  if (!checks.some(({ judgesLoad, found }) => judgesLoad && found.kind === 'pass')) {
    const because = 'no load was judged'
    return {
      answer: 'not known',
      reasons: ['No load was judged: no objective of a load held, and no capacity was found.'],
      because,
    }
  }
  const open = checks.filter(({ weight, found }) => weight === 'must' && found.kind === 'not tested')
  const untested = `not tested: ${open.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)).join('; ')}`
  if (failed.length + open.length === 0) return { answer: 'ready', reasons: ['Every check that was made passed.'], because: '' }
  return {
    answer: 'ready with limits',
    reasons: [...failed.map(reasonOf), ...(open.length === 0 ? [] : [`N${untested.slice(1)}.`])],
    because: [
      ...(failed.length === 0 ? [] : [failing(failed)]),
      ...(open.length === 0 ? [] : [`${open.length} ${open.length === 1 ? 'check was' : 'checks were'} not made`]),
    ].join('; '),
  }
}

function failing(checks: readonly ReadinessCheck[]): string {
  return `${checks.map(({ title }) => `“${title}”`).join(', ')} ${checks.length === 1 ? 'fails' : 'fail'}`
}

function reasonOf({ title, found }: ReadinessCheck): string {
  const evidence = found.evidence ?? ''
  return `“${title}” fails${evidence === '' ? '.' : `: ${evidence}`}`
}
