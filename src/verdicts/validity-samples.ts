import type { ValidityCheck } from '../model/run-result.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import { minimumSamples } from '../analysis/index.ts'
import { digits, formatValue } from './format-value.ts'
import { graded } from './graded.ts'
import { intervalOf, secondsOf } from './intervals.ts'
import { metricKind } from './metric-kind.ts'
import type { CheckInput } from './validity.ts'

// Checks of what the numbers can carry. None of them voids: what cannot be answered at all makes its objective unknown.

interface JudgedPercentile {
  readonly objective: ObjectiveSpec
  readonly q: number
  readonly of: TimedKind
  readonly name: string | undefined
}

/** Series that have response times. */
type TimedKind = 'request' | 'step' | 'scenario'

const plural = { request: 'requests', step: 'steps', scenario: 'iterations' } as const

/** Percentiles of response times over the judged time that objectives ask for. */
function judgedPercentiles({ test }: CheckInput): JudgedPercentile[] {
  return test.spec.objectives.flatMap((objective) => {
    const metric = metricKind(objective.metric.name)
    const { selector } = objective.metric
    if (metric.kind !== 'latency' || metric.clock !== 'response' || metric.statistic.kind !== 'quantile') return []
    const of = selector?.kind ?? 'request'
    if (objective.overSec !== undefined || objective.during !== undefined) return []
    if (of !== 'request' && of !== 'step' && of !== 'scenario') return []
    return [{ objective, q: metric.statistic.q, of, name: selector?.name }]
  })
}

/** Five times the least number of samples (measurement.md sections 6 and 13), for the judged percentile that has the fewest. */
export function samples(input: CheckInput): ValidityCheck | undefined {
  const asked = judgedPercentiles(input)
  // Without requests nobody sees a percentile that no objective asks for.
  if (asked.length === 0 && input.isInProcess) return undefined
  const all = asked.length > 0 ? asked : [{ q: 0.99, of: 'request' as const, name: undefined, objective: undefined }]
  const graves = all.map(({ q, of, name, objective }) => {
    const { count } = input.test.total(of, { name, range: input.test.judged }).response
    return { text: objective?.text ?? `p${Number((q * 100).toPrecision(6))}`, of, count, needed: minimumSamples(q) }
  })
  const [worst] = graves.sort((a, b) => a.count / a.needed - b.count / b.needed)
  if (worst === undefined) return undefined
  const { text, of, count, needed } = worst
  const isFew = count < 5 * needed
  return {
    id: 'samples',
    title: `${of === 'request' ? 'Answered requests' : upperFirst(plural[of])} behind the judged percentile`,
    verdict: isFew ? 'warn' : 'ok',
    value: count,
    limit: 5 * needed,
    unit: 'count',
    advice: isFew
      ? `"${text}" rests on ${digits(count)} ${plural[of]}; ${digits(5 * needed)} make it steady (${digits(needed)} are the least). Run it for longer.`
      : '',
  }
}

/**
 * Half-width of the 95 % interval of the judged percentile, over its value: above 5 % it warns (ours), and so it does when the interval
 * crosses the objective's limit: the verdict then goes by the value, but another run may fall on the other side.
 */
export function precision(input: CheckInput): ValidityCheck | undefined {
  const { test, data } = input
  const asked = judgedPercentiles(input)
  const findings = asked.flatMap(({ objective, q, of, name }) => {
    const value = test.total(of, { name, range: test.judged }).response.quantile(q)
    const known = of === 'request' && name === undefined ? input.latencyMs.intervals : undefined
    const interval = intervalOf(q, { known, seconds: () => secondsOf(test, name, of), seed: data.header.seed })
    if (value === null || value === 0 || interval === undefined) return []
    const [low, high] = interval
    const limit = objective.value
    return [{ objective, low, high, halfWidth: ((high - low) / 2 / value) * 1000, crosses: low <= limit && limit <= high }]
  })
  const [worst] = findings.sort((a, b) => Number(b.crosses) - Number(a.crosses) || b.halfWidth - a.halfWidth)
  if (worst === undefined) return undefined
  const { objective, low, high, halfWidth, crosses } = worst
  const interval = `${formatValue(low, 'ms')} to ${formatValue(high, 'ms')}`
  return {
    id: 'precision',
    title: 'Half-width of the 95 % interval of the judged percentile',
    verdict: crosses || halfWidth > 0.05 ? 'warn' : 'ok',
    value: halfWidth,
    limit: 0.05,
    unit: 'ratio',
    advice: crosses
      ? `The limit of "${objective.text}" lies inside the interval (${interval}): another run may fall on its other side. Run it for longer.`
      : halfWidth > 0.05
        ? `"${objective.text}" is known only to lie within ${interval}. Run it for longer to know it better.`
        : '',
  }
}

/** Time-outs are censored: percentiles of answered requests look better than they are by this share. */
export function timeouts({ test }: CheckInput): ValidityCheck {
  const { response, censored } = test.total('request', { range: { from: test.judged.from, to: Infinity } })
  const all = response.count + censored.count
  return graded({
    id: 'timeouts',
    title: 'Requests that were never answered (time-outs, abandoned)',
    unit: 'ratio',
    value: all === 0 ? null : censored.count / all,
    warn: 0,
    advice: `${digits(censored.count)} requests have no time, only "at least". Percentiles they reach fail instead of being a number.`,
  })
}

/** MSER-5 (White 1997). Only a warning: on steady noise it asks for more data in a third and more of 30-second runs (rule d). */
export function warmUp({ steady, test }: CheckInput): ValidityCheck | undefined {
  if (!steady.asked) return undefined
  const id = 'warm-up'
  const title = 'Share of the judged time that MSER-5 would leave out as warm-up'
  if (steady.share === null) {
    const advice = `No steady state was found in ${digits(test.judged.to - test.judged.from)} s. Short runs often look so by chance; run it for longer, or set a \`warmup\`.`
    return { id, title, verdict: 'warn', value: null, limit: 0.5, unit: 'ratio', advice }
  }
  const advice = `The first ${digits((steady.fromSec ?? 0) - test.judged.from)} judged seconds differ from the rest: set \`warmup: '${Math.ceil(steady.fromSec ?? 0)}s'\`, or find out what warms up.`
  return graded({ id, title, unit: 'ratio', value: steady.share, warn: 0.2, advice })
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
