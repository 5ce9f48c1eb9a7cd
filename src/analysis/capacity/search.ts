import { isHardFailure } from './failure-class.ts'
import { completeRules } from './rules.ts'
import type { Rules, SearchOptions } from './rules.ts'
import { summarise } from './search-result.ts'
import type { SearchResult } from './search-result.ts'
import { standing } from './standing.ts'
import type { Standing } from './standing.ts'
import { bisectTrialSec, estimateServiceRate, fullTrialSec, shortTrialSec } from './trial-length.ts'
import { groupByLoad } from './trial.ts'
import type { Observation, Trial, TrialPurpose } from './trial.ts'

export type Move = { readonly kind: 'trial' } & Trial
export type Done = { readonly kind: 'done'; readonly result: SearchResult }

export interface Search {
  /** The next load to hold, or the result. Asking twice gives the same answer. */
  next(): Move | Done
  observe(observation: Observation): void
  readonly observations: readonly Observation[]
  /** What is known by now: of a search that was ended early, its bounds by short trials where long ones are missing. */
  soFar(): SearchResult
}

/** A load that the generator could not send this often in a row ends the search there: a busy neighbour comes and goes, a ceiling stays. */
const mostVoidTrials = 3

/**
 * Searches the highest load that a target bears. What comes next is a function of the observations so far and of nothing else, so a search goes on
 * from its record: `createSearch(options, observations)`.
 */
export function createSearch(options: SearchOptions, observed: readonly Observation[] = []): Search {
  const observations = [...observed]
  return {
    observations,
    soFar: () => soFar(completeRules(options, observations), observations),
    next: () => decide(completeRules(options, observations), observations),
    observe: (observation) => {
      observations.push(observation)
    },
  }
}

function soFar(rules: Rules, observations: readonly Observation[]): SearchResult {
  const result = summarise(rules, observations, generatorCeiling(observations) !== null)
  if (result.lower !== null || result.upper !== null) return result
  const { lower, upper } = standing(rules, observations, 'coarse')
  const goodput = result.curve.find(({ load }) => load === lower)?.goodput ?? null
  return { ...result, lower, upper, goodput, width: lower === null || upper === null ? null : (upper - lower) / upper }
}

function decide(rules: Rules, observations: readonly Observation[]): Move | Done {
  const ceiling = generatorCeiling(observations)
  const done = (): Done => ({ kind: 'done', result: summarise(rules, observations, ceiling !== null) })
  if (ceiling !== null && ceiling <= rules.from) return done()
  const coarse = standing(rules, observations, 'coarse')
  const final = standing(rules, observations, 'final')
  const move = (load: number, purpose: TrialPurpose): Move | Done => {
    if (ceiling !== null && load >= ceiling) return confirmBelow(load)
    const full = purpose.startsWith('confirm')
    const width = coarse.lower === null || coarse.upper === null ? 1 : (coarse.upper - coarse.lower) / coarse.upper
    const durationSec = full
      ? fullTrialSec(load, observations, rules)
      : purpose === 'bisect'
        ? bisectTrialSec(load, width, observations, rules)
        : shortTrialSec(load, rules)
    return { kind: 'trial', load, durationSec, purpose }
  }
  // The generator cannot go where the search wants to: the highest load that passed is confirmed, and that is "at least".
  const confirmBelow = (wanted: number): Move | Done => {
    const best = coarse.lower
    return best !== null && best < wanted && (final.lower === null || best > final.lower) ? move(best, 'confirm-lower') : done()
  }
  if (final.lower !== null || final.upper !== null) return finalMove({ rules, observations, coarse, final, ceiling, move, done })
  return coarseMove({ rules, observations, coarse, final, ceiling, move, done })
}

interface Situation {
  readonly rules: Rules
  readonly observations: readonly Observation[]
  readonly coarse: Standing
  readonly final: Standing
  readonly ceiling: number | null
  readonly move: (load: number, purpose: TrialPurpose) => Move | Done
  readonly done: () => Done
}

/** Doubling from `from` to the first failure, then bisection, then the long trial at the lower end. */
function coarseMove({ rules, observations, coarse: { lower, upper }, move }: Situation): Move | Done {
  if (upper === null) {
    if (lower === null) return move(rules.from, 'bracket')
    return lower >= rules.to ? move(rules.to, 'confirm-lower') : move(Math.min(rules.to, snap(rules, 2 * lower)), 'bracket')
  }
  if (lower === null) return move(rules.from, upper > rules.from ? 'bracket' : 'confirm-lower')
  const beyond = saturationProbe(rules, observations, upper)
  if (beyond !== null) return move(beyond, 'bracket')
  // The last halving is left to full trials: short ones of the length that it needs would be no shorter.
  const middle = between({ ...rules, within: 2 * rules.within }, lower, upper)
  return middle === null ? move(lower, 'confirm-lower') : move(middle, 'bisect')
}

/**
 * A target may miss its objectives long before it is saturated. Then nobody knows how long it takes to settle: one more doubling shows its service
 * rate, and is stopped as soon as it is sure to fail. Not where the target was harmed already.
 */
function saturationProbe(rules: Rules, observations: readonly Observation[], upper: number): number | null {
  const { to, whole } = rules
  const probe = Math.min(to, whole ? 2 * Math.round(upper) : 2 * upper)
  if (probe <= upper || estimateServiceRate(observations, rules) !== null) return null
  const harmed = observations.some(({ failureClass }) => failureClass !== undefined && isHardFailure(failureClass))
  return harmed || observations.some(({ load }) => load > upper) ? null : probe
}

/** Only full trials count now. A lower end that fails its long trial sends the search down in growing steps: short trials are biased high. */
function finalMove({ rules, observations, coarse, final: { lower, upper }, ceiling, move, done }: Situation): Move | Done {
  // A void trial says nothing: it must not make the steps grow.
  const long = observations.filter(({ purpose, generatorLimited }) => purpose.startsWith('confirm') && !generatorLimited)
  if (lower === null) {
    if (upper === null || upper <= rules.from) return done()
    const failed = long.filter(({ load }) => load >= upper).length
    return move(Math.max(rules.from, snap(rules, upper * (1 - rules.within) ** (2 ** Math.max(0, failed - 1)))), 'confirm-lower')
  }
  if (upper === null) {
    if (lower >= rules.to) return done()
    if (ceiling !== null) {
      const middle = between(rules, lower, ceiling)
      return middle === null ? done() : move(middle, 'confirm-upper')
    }
    const passed = long.filter(({ load }) => load <= lower).length
    // A short trial that failed by chance must not send the search far above: it climbs in growing steps.
    const step = lower / (1 - rules.within) ** (2 ** Math.max(0, passed - 1))
    const above = coarse.upper !== null && coarse.upper > lower ? Math.min(coarse.upper, step) : step
    return move(Math.min(rules.to, rules.whole ? Math.max(lower + 1, Math.floor(above)) : above), 'confirm-upper')
  }
  const middle = between(rules, lower, upper)
  if (middle !== null) return move(middle, 'confirm-lower')
  const probe = inversionProbe(rules, observations, upper)
  return probe === null ? done() : move(probe, 'bracket')
}

/** One short look above the answer: a target that passes there fails in a band only, and the result has to say so. */
function inversionProbe({ to, whole }: Rules, observations: readonly Observation[], upper: number): number | null {
  const probe = Math.min(to, whole ? Math.round(1.5 * upper) : 1.5 * upper)
  return probe <= upper || observations.some(({ load }) => load >= 1.25 * upper || load === probe) ? null : probe
}

/** Geometric middle; null when the interval is narrow enough. */
function between(rules: Rules, lower: number, upper: number): number | null {
  if ((upper - lower) / upper <= rules.within + 1e-9 || (rules.whole && upper - lower <= 1)) return null
  const middle = Math.sqrt(lower * upper)
  return rules.whole ? Math.min(upper - 1, Math.max(lower + 1, Math.round(middle))) : middle
}

function snap({ whole }: Rules, load: number): number {
  return whole ? Math.max(1, Math.floor(load)) : load
}

/** Smallest load that only void trials know; null while the generator keeps up. */
function generatorCeiling(observations: readonly Observation[]): number | null {
  const tired = [...groupByLoad(observations)].filter(
    ([, trials]) =>
      trials.length >= mostVoidTrials && trials.slice(-mostVoidTrials).every(({ generatorLimited }) => generatorLimited),
  )
  return tired.length === 0 ? null : Math.min(...tired.map(([load]) => load))
}
