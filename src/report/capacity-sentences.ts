import type { CapacityResult, ResourceUse, TrialResult } from '../model/capacity-result.ts'
import { capacityAnswer, failureWords, loadText } from './capacity-words.ts'
import { digits, duration, percent, perSec } from './numbers.ts'

/*
 * A capacity search in sentences, for text and Markdown alike. Each sentence carries a figure or a name of the result, so that none could be
 * printed of any system; what is not known has no sentence.
 */

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The answer with its width, the goodput and what happens above. */
export function answerSentences(capacity: CapacityResult): string[] {
  const { kind, unit, lower, upper, width, within, goodputPerSec, limitingObjective, failureClass } = capacity
  const exact = width === null ? '' : `, an interval ${percent(width)} wide where ${percent(within)} was asked for`
  const sentences = [`${capitalised(capacityAnswer(capacity))}${exact}.`]
  if (lower !== null && goodputPerSec !== null)
    sentences.push(
      `At ${loadText(lower, unit)} its goodput is ${perSec(goodputPerSec)}${kind === 'interval' ? ': that is the capacity' : ''}.`,
    )
  if (upper !== null && limitingObjective !== null)
    sentences.push(`“${limitingObjective}” is the first to fail, at ${loadText(upper, unit)}.`)
  if (upper !== null && failureClass !== null && failureClass !== 'healthy')
    sentences.push(
      `${kind === 'fails-at-from' ? 'There' : 'Beyond that'} the target ${failureWords[failureClass].does} (class ${failureWords[failureClass].name}).`,
    )
  const confidence = confidenceSentence(capacity)
  return confidence === null ? sentences : [...sentences, confidence]
}

/** What chance leaves of the answer, with its assumption. */
function confidenceSentence({ confidence, unit, lower, upper }: CapacityResult): string | null {
  const [bears, breaks] = [confidence?.lower ?? null, confidence?.upper ?? null]
  const ends = [
    ...(bears === null ? [] : [`${sure(bears)} that ${loadText(lower, unit)} is borne`]),
    ...(breaks === null ? [] : [`${sure(breaks)} that ${loadText(upper, unit)} is not`]),
  ]
  return ends.length === 0 ? null : `Confidence: ${ends.join(', ')}, requests taken as independent.`
}

/** Never rounded up. */
function sure(share: number): string {
  return share > 0.999 ? 'over 99.9 %' : percent(Math.floor(share * 1000) / 1000)
}

/** `Memory of the target` within a sentence: `memory of the target`; `CPU of the target` stays. */
export function inSentence(title: string): string {
  return /^[A-Z][a-z ]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

/** What gave out first in the target; the generator is no resource of it. */
export function limitingResource({ limitedBy, saturation }: CapacityResult): ResourceUse | undefined {
  return limitedBy === 'generator' ? undefined : saturation.find(({ resource }) => resource === limitedBy)
}

export function limitSentences(capacity: CapacityResult): string[] {
  const { unit, upper, limitedBy, saturation, failureClass } = capacity
  const resource = limitingResource(capacity)
  if (resource !== undefined) {
    const from = resource.saturatedAt === null ? '' : `, full from ${loadText(resource.saturatedAt, unit)} on`
    return [`Limited by ${inSentence(resource.title)} (${resource.resource})${from}: ${ended(resource.evidence)}`]
  }
  // That the generator was the limit is the answer itself.
  if (limitedBy !== null) return limitedBy === 'generator' ? [] : [`Limited by ${limitedBy}.`]
  if (upper === null) return []
  const seen = saturation.filter(({ use }) => use.some(({ share }) => share !== null)).map(({ title }) => title)
  // Who sheds load in time has a bound of its own, which no probe sees.
  if (failureClass === 'shed' && seen.length > 0)
    return [
      `None of the ${seen.length} resources that were watched was full at ${loadText(upper, unit)}: the target refuses by a limit of its own.`,
    ]
  const watched = seen.length === 0 ? 'no resource was watched' : `none of these was full: ${seen.map(inSentence).join(', ')}`
  return [`What limits it at ${loadText(upper, unit)} is not known: ${watched}.`]
}

/** What to be careful about: surprises of the search, and how short it was. */
export function cautionSentences(capacity: CapacityResult): string[] {
  const { irregular, unit, upper, trials, quick, width, within, hardBreakingPoint } = capacity
  const sentences: string[] = []
  if (hardBreakingPoint !== null)
    sentences.push(`Hard breaking point ${loadText(hardBreakingPoint, unit)}: what fails there outlasts the load.`)
  const above = trials.filter((one) => one.factor === null && one.verdict === 'bears' && upper !== null && one.load > upper)
  if (irregular.includes('inversion'))
    sentences.push(
      above.length === 0
        ? `Irregular: a load failed in the ${trials.length} trials while a larger one was borne; the smaller failure counts.`
        : `Irregular: ${listed([...new Set(above.map(({ load }) => loadText(load, unit)))])} was borne although ${loadText(upper, unit)} was not; the smaller failure counts.`,
    )
  for (const id of irregular) if (!spoken.includes(id)) sentences.push(`Irregular: ${id}.`)
  const voids = trials.filter(({ verdict }) => verdict === 'void')
  if (voids.length > 0) {
    const checks = [...new Set(voids.flatMap(({ voidBy }) => voidBy))]
    const why = checks.length === 0 ? '' : ` (${checks.join(', ')})`
    sentences.push(`${trialNumbers(voids)} ${voids.length === 1 ? 'supports' : 'support'} no bound: not valid${why}.`)
  }
  const unsettled = trials.filter(({ settle }) => settle !== null && !settle.settled)
  if (unsettled.length > 0)
    sentences.push(
      `After ${trialNumbers(unsettled).toLowerCase()} the target did not come back to its baseline in time (${listed([...new Set(unsettled.flatMap(({ settle }) => settle?.waitedFor ?? []))])}).`,
    )
  if (quick) {
    const searched = trials.filter(({ purpose }) => purpose !== 'overload' && purpose !== 'hysteresis')
    const longest = Math.max(0, ...searched.map(({ plannedSec }) => plannedSec))
    const wide = width === null ? `${percent(within)} wide by plan` : `${percent(width)} wide`
    sentences.push(
      `Quick search: no trial longer than ${duration(longest)} and an interval ${wide}; short trials are biased high, so rely on a full one.`,
    )
  }
  return sentences
}

/** These are said by the answer itself, or above. */
const spoken: readonly string[] = ['inversion', 'fails-at-from', 'passes-at-to', 'generator-limited']

export function headroomSentence({ headroom, lower, unit, kind }: CapacityResult): string | null {
  if (headroom === null || lower === null) return null
  const { peak, share } = headroom
  const arithmetic = `1 − ${loadText(peak, unit)} / ${loadText(lower, unit)}`
  const isLeast = kind !== 'interval'
  if (share < 0 && isLeast)
    return `Whether the expected peak of ${loadText(peak, unit)} is borne is not known: ${loadText(lower, unit)} was, and the search ended there.`
  return share >= 0
    ? `The expected peak of ${loadText(peak, unit)} leaves ${isLeast ? 'at least ' : ''}${percent(share)} headroom (${arithmetic}).`
    : `The expected peak of ${loadText(peak, unit)} is ${percent(-share)} above what is borne (${arithmetic}).`
}

/** Where more load begins to cost more in latency than it brings, and where throughput itself would turn. */
export function shapeSentences({ knee, kneeInterval, kneedle, usl, unit }: CapacityResult): string[] {
  const sentences: string[] = []
  if (knee !== null) {
    const between = kneeInterval === null ? '' : ` (95 % interval ${range(kneeInterval)})`
    const second = kneedle === null ? '' : `; Kneedle on the p99 says ${loadText(kneedle, unit)}`
    sentences.push(`The knee is at ${loadText(knee, unit)}${between}${second}.`)
  }
  if (usl === null) return sentences
  if (usl.kind === 'refused' || usl.parameters === null) {
    sentences.push(`No fit of the Universal Scalability Law: ${ended(usl.reason)}`)
    return sentences
  }
  const { alpha, beta } = usl.parameters
  const fit = `Universal Scalability Law: contention α ${scientific(alpha.value)}, coherency β ${scientific(beta.value)}${usl.r2 === null ? '' : `, R² ${digits(usl.r2)}`}`
  // Its load is not that of the search where the search is in arrivals.
  const peakAt = (load: number) => (usl.axis === 'users' ? loadText(load, 'users') : `${digits(load)} requests in flight`)
  sentences.push(
    usl.peak === null
      ? `${fit}; no peak is predicted.`
      : `${fit}; the peak is predicted at ${peakAt(usl.peak.load)} with ${perSec(usl.peak.perSec)}, and less beyond.`,
  )
  return sentences
}

export function costSentence({ trials, costSec, staircaseSec, quick }: CapacityResult): string {
  // What was held beyond the answer is no part of the search for it.
  const searched = trials.filter(({ purpose }) => purpose !== 'overload' && purpose !== 'hysteresis').length
  const cost = `${searched === 1 ? '1 trial' : `${searched} trials`}, ${duration(costSec)} of load`
  // Of a few short trials there is nothing to save.
  if (quick || staircaseSec === null || staircaseSec <= 0) return `${cost}.`
  return `${cost}: ${percent(costSec / staircaseSec)} of the ${duration(staircaseSec)} that a staircase of the same resolution takes.`
}

/** How it behaves beyond its capacity, how it refuses, and whether it comes back. */
export function overloadSentences(capacity: CapacityResult): string[] {
  return [degradationSentence(capacity), refusalSentence(capacity), hysteresisSentence(capacity)].filter((one) => one !== null)
}

export function degradationSentence({ overload }: CapacityResult): string | null {
  if (overload === null) return null
  const { score, kind, reason } = overload
  const word = { graceful: 'Graceful', degraded: 'Degraded', collapse: 'Collapse', unknown: 'Not known' }[kind]
  return `${word}: ${reason}${score === null ? '' : `; degradation score ${digits(score)} of 1`}.`
}

export function refusalSentence({ overload }: CapacityResult): string | null {
  const refusals = overload?.refusals ?? null
  return refusals === null ? null : `Refusals: ${ended(refusals.reason)}`
}

export function hysteresisSentence({ overload, unit }: CapacityResult): string | null {
  const hysteresis = overload?.hysteresis ?? null
  if (hysteresis === null) return null
  const { kind, load, recoveredSec, boundSec, watchedSec, restarted } = hysteresis
  if (restarted) return 'The overload ended the target: it was started again, and does not come back by itself.'
  const back = `Back at ${loadText(load, unit)} it`
  const took = recoveredSec === null ? '' : ` ${duration(recoveredSec)} after the overload`
  switch (kind) {
    case 'recovers':
      return `${back} recovers${took} (bound ${duration(boundSec)}).`
    case 'slow':
      return `${back} recovers slowly${took === '' ? '' : `,${took}`}: more than the ${duration(boundSec)} that its backlog explains.`
    case 'stuck':
      return `${back} does not recover within the ${duration(watchedSec)} that were watched: it does not come back by itself.`
    case 'unknown':
      return `${back} was watched for ${duration(watchedSec)}; whether it recovers is not known.`
  }
}

/** `Trial 3`, `Trials 3, 4 and 7`. */
function trialNumbers(trials: readonly TrialResult[]): string {
  return `${trials.length === 1 ? 'Trial' : 'Trials'} ${listed(trials.map(({ trial }) => String(trial)))}`
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

function range([low, high]: readonly [number, number]): string {
  return `${digits(low)} to ${digits(high)}`
}

/** The parameters of the law are often far below a thousandth. */
function scientific(value: number): string {
  return value === 0 || Math.abs(value) >= 0.001 ? digits(value) : value.toExponential(1)
}

/** Evidence is written by many hands: with a full stop or without. */
export function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
