import type { CapacityResult } from '../../model/capacity-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { answerSentences, cautionSentences, costSentence, headroomSentence, limitSentences } from '../capacity-sentences.ts'
import { failureWords, loadText, trialWords } from '../capacity-words.ts'
import { duration, ms, percent, perSec } from '../numbers.ts'
import { limitLine } from '../resource-sentences.ts'
import { notTested } from '../not-tested.ts'
import type { SearchedTest } from '../searched-test.ts'
import { bullets, md, table } from './md.ts'

/** The loads that were borne and were not, and the limits that were laid on the target. */
export function limitsFound(tests: readonly TestResult[], searched: readonly SearchedTest[], level: string): string[] {
  const lines = searched.flatMap(({ name, capacity }) => [`${level}# ${md(name)}`, '', ...ofSearch(capacity)])
  for (const { name, limits } of tests) {
    if (limits === undefined || limits.length === 0) continue
    lines.push(
      `${level}# Limits laid on the target: ${md(name)}`,
      '',
      ...bullets(limits.map((limit) => limitLine(limit).text)),
      '',
    )
  }
  return lines.length > 0 ? lines : [notTested('capacity'), '']
}

function ofSearch(capacity: CapacityResult): string[] {
  const headroom = headroomSentence(capacity)
  const sentences = [
    ...answerSentences(capacity),
    ...limitSentences(capacity),
    ...(headroom === null ? [] : [headroom]),
    ...cautionSentences(capacity),
    `Cost of the search: ${costSentence(capacity)}`,
  ]
  return [...bullets(sentences), '', ...trialTable(capacity), ...saturationTable(capacity)]
}

function trialTable({ trials, unit }: CapacityResult): string[] {
  const searched = trials.filter(({ factor }) => factor === null)
  if (searched.length === 0) return []
  const rows = searched.map((one) => [
    `${one.trial} ${trialWords[one.purpose]}`,
    one.verdict,
    failureWords[one.class].name,
    loadText(one.load, unit),
    duration(one.toSec - one.fromSec),
    perSec(one.goodput),
    ms(one.p50),
    ms(one.p95),
    ms(one.p99),
    percent(one.errorRate),
  ])
  return table(['trial', 'result', 'class', 'load', 'held', 'goodput', 'p50', 'p95', 'p99', 'errors'], rows, 3)
}

/** How full each resource was at the ends of the interval. */
function saturationTable({ saturation, unit, lower, upper }: CapacityResult): string[] {
  const shares = saturation.map(({ use, ...resource }) => {
    const at = (load: number | null) => use.find(({ offered }) => offered === load)?.share ?? null
    return { ...resource, atLower: at(lower), atUpper: at(upper) }
  })
  const seen = shares.filter(({ atLower, atUpper }) => atLower !== null || atUpper !== null)
  if (seen.length === 0) return []
  const rows = seen.map(({ title, atLower, atUpper, saturatedAt }) => [
    md(title),
    ...(lower === null ? [] : [percent(atLower)]),
    ...(upper === null ? [] : [percent(atUpper)]),
    saturatedAt === null ? '' : loadText(saturatedAt, unit),
  ])
  const ends = [lower, upper].flatMap((load) => (load === null ? [] : [`at ${loadText(load, unit)}`]))
  return table(['resource', ...ends, 'full from'], rows, 1)
}
