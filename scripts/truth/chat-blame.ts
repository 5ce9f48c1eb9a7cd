import type { TestResult } from '../../src/model/run-result.ts'

/** What a defect is named by: a finding, or an objective that fails. */
export type Sign = { readonly finding: string } | { readonly objective: string }

/** Objectives on times and rates, and findings from them: on a busy machine they tell of the machine. */
const timedObjective =
  /^(p\d|mean|max|service\.|throughput|recovery|denied|goodput|blockedWithin|sourcesBlocked|connectionHeld|target\.cpu)/
const timedFindings: ReadonlySet<string> = new Set([
  ...['event-loop-blocked', 'slow-query', 'queue-unbounded', 'requests-time-out'],
  ...['attack-denies-service', 'no-recovery', 'metastable-failure'],
])

/** All that a test held against the server. That the generator was too slow is no blame. */
export function blameOf({ findings, objectives }: TestResult): readonly string[] {
  const critical = findings.filter(({ id, severity }) => severity === 'critical' && id !== 'generator-limited')
  return [...critical.map(({ id }) => id), ...objectives.filter(({ verdict }) => verdict === 'fail').map(({ text }) => text)]
}

/** The sign of a defect is never a matter of a busy machine, whatever it is about: it is what the detector is there for. */
export function isAboutTimes(blame: string, sign: Sign, { errors }: TestResult): boolean {
  if (blame === wordsOf(sign)) return false
  if (/^errors\b/.test(blame)) return errors.length > 0 && errors.every(({ kind }) => kind.startsWith('timeout'))
  return timedFindings.has(blame) || timedObjective.test(blame)
}

/** Whatever the severity of the finding. */
export function isNamed({ findings, objectives }: TestResult, sign: Sign): boolean {
  return 'finding' in sign
    ? findings.some(({ id }) => id === sign.finding)
    : objectives.some(({ text, verdict }) => text === sign.objective && verdict === 'fail')
}

export const wordsOf = (sign: Sign): string => ('finding' in sign ? sign.finding : sign.objective)
