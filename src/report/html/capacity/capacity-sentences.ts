import type { CapacityResult, UslResult } from '../../../model/capacity-result.ts'
import { capacityAnswer, failureWords, loadText } from '../../capacity-words.ts'
import { count, digits, duration, ms, percent, perSec } from '../../numbers.ts'
import { capital } from '../capital.ts'
import type { PageFigure } from '../page-data.ts'

/** `Bears 310/s, breaks at 325/s; first limit: connection pool; beyond it the target sheds what it cannot carry`. */
export function capacityHeading(capacity: CapacityResult): string {
  const { failureClass } = capacity
  const limit = limitingTitle(capacity)
  const beyond =
    failureClass === null || failureClass === 'healthy' ? '' : `; beyond it the target ${failureWords[failureClass].does}`
  const answer = capacityAnswer(capacity)
  return `${capital(answer)}${limit === null ? '' : `; first limit: ${limit}`}${beyond}`
}

export function capacitySentences(capacity: CapacityResult): string[] {
  const { unit, knee, kneeInterval, kneedle, hardBreakingPoint, headroom, irregular, quick } = capacity
  const sentences = [...endsOf(capacity)]
  if (knee !== null) {
    const range = kneeInterval === null ? '' : ` (95 % interval ${rangeText(kneeInterval, capacity)})`
    const second = kneedle === null ? '' : `; Kneedle on p99 puts it at ${loadText(kneedle, unit)}`
    sentences.push(`The knee, the load with the most goodput for its latency, is ${loadText(knee, unit)}${range}${second}.`)
  }
  if (hardBreakingPoint !== null)
    sentences.push(
      `A failure that outlasts the load was seen first at ${loadText(hardBreakingPoint, unit)}: the hard breaking point.`,
    )
  if (headroom !== null)
    sentences.push(
      headroom.share >= 0
        ? `The expected peak of ${loadText(headroom.peak, unit)} leaves a headroom of ${percent(headroom.share)}.`
        : `The expected peak of ${loadText(headroom.peak, unit)} is ${percent(-headroom.share)} above what it bears.`,
    )
  sentences.push(...uslSentence(capacity.usl, unit))
  for (const one of irregular) sentences.push(`Irregular: ${irregularWords[one] ?? one}.`)
  if (quick) sentences.push('A quick search: short trials are biased high, so the interval is wider than that of a full one.')
  return sentences
}

const irregularWords: Readonly<Record<string, string>> = {
  inversion: 'a larger load was borne after a smaller one had failed; the smaller failure counts',
  'fails-at-from': 'already the smallest load of the search fails, so nothing is known about smaller ones',
  'passes-at-to': 'the largest load of the search is borne, so the capacity is at least that, not equal to it',
  'generator-limited': 'the generator was the limit of a trial, which therefore supports no bound',
}

function endsOf(capacity: CapacityResult): string[] {
  const { unit, lower, upper, width, within, goodputPerSec, limitingObjective, curve } = capacity
  const at = (load: number | null) => curve.find(({ offered }) => offered === load)
  const sentences: string[] = []
  if (lower !== null && goodputPerSec !== null) {
    const p95 = at(lower)?.p95 ?? null
    const latency = p95 === null ? '' : `, with a p95 of ${ms(p95)}`
    sentences.push(`At ${loadText(lower, unit)} the goodput is ${perSec(goodputPerSec)}${latency}: that is the capacity.`)
  }
  if (upper !== null && limitingObjective !== null)
    sentences.push(`At ${loadText(upper, unit)} the first objective to fail is ${limitingObjective}.`)
  if (width !== null)
    sentences.push(`The interval is ${percent(width)} of its upper end wide; asked for were ${percent(within)}.`)
  return sentences
}

function uslSentence(usl: UslResult | null, unit: CapacityResult['unit']): string[] {
  if (usl === null) return []
  if (usl.kind === 'refused') return [`No fit of the Universal Scalability Law: ${lowered(usl.reason)}.`]
  const { parameters, peak, r2 } = usl
  const figures = (['alpha', 'beta', 'gamma'] as const).flatMap((name) => {
    const parameter = parameters?.[name]
    if (!parameter) return []
    const interval = parameter.interval === null ? '' : ` (${short(parameter.interval[0])} – ${short(parameter.interval[1])})`
    return [`${uslWords[name]} ${short(parameter.value)}${interval}`]
  })
  const top =
    peak === null
      ? 'it has no peak: nothing measured points to a decline at higher loads'
      : `its peak is ${perSec(peak.perSec)} at ${loadText(peak.load, unit)}, beyond which it declines`
  const fit = r2 === null ? '' : ` with R² ${r2.toFixed(3)}`
  return [`The Universal Scalability Law fits${fit}: ${figures.join(', ')}; ${top}.`]
}

const uslWords = { alpha: 'contention α', beta: 'coherency β', gamma: 'rate of one γ' } as const

/** The figures at the head of a test that searches: means over all its trials would say nothing. */
export function capacityFigures(capacity: CapacityResult): PageFigure[] {
  const { unit, lower, upper, kind, width, goodputPerSec, knee, kneeInterval, headroom, curve, trials, costSec } = capacity
  const open = kind === 'at-least' || kind === 'generator-limited'
  const at = curve.find(({ offered }) => offered === lower)
  const errors = at === undefined ? '' : `${percent(at.errorRate)} errors`
  return [
    { label: open ? 'Bears at least' : 'Bears', value: loadText(lower, unit), note: errors },
    { label: 'Breaks at', value: loadText(upper, unit), note: width === null ? 'not found' : `interval ${percent(width)} wide` },
    { label: 'Goodput', value: perSec(goodputPerSec), note: 'at what it bears' },
    { label: 'p95', value: ms(at?.p95), note: at?.p95 === null ? 'too few samples' : 'at what it bears' },
    {
      label: 'Knee',
      value: loadText(knee, unit),
      note: kneeInterval === null ? '' : `95 % interval ${digits(kneeInterval[0])} – ${digits(kneeInterval[1])}`,
    },
    ...(headroom === null
      ? []
      : [{ label: 'Headroom', value: percent(headroom.share), note: `at a peak of ${loadText(headroom.peak, unit)}` }]),
    {
      label: 'Search',
      value: duration(costSec),
      note: `of load in ${count(trials.length)} ${trials.length === 1 ? 'trial' : 'trials'}`,
    },
  ]
}

export function searchHeading({ trials, costSec, staircaseSec }: CapacityResult): string {
  const many = trials.length === 1 ? 'one trial' : `${count(trials.length)} trials`
  const saved = staircaseSec === null ? '' : `; a staircase of the same resolution takes ${duration(staircaseSec)}`
  return `How it was found: ${many}, ${duration(costSec)} of load${saved}`
}

function limitingTitle({ limitedBy, saturation }: CapacityResult): string | null {
  if (limitedBy === null) return null
  return saturation.find(({ resource }) => resource === limitedBy)?.title ?? limitedBy
}

function rangeText([low, high]: readonly [number, number], { unit }: CapacityResult): string {
  return `${digits(low)} – ${loadText(high, unit)}`
}

/** Contention and coherency may be a millionth: three digits, whatever the size. */
function short(value: number): string {
  const size = Math.abs(value)
  return size !== 0 && size < 0.01 ? value.toExponential(1) : digits(value)
}

function lowered(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1).replace(/\.$/, '')
}
