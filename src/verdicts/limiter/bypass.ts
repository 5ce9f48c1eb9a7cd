import type { LimiterAnswer } from '../../model/limiter-step.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { answersOf, isAccepted, isRefused, skipped } from './evidence.ts'
import { percent } from './words.ts'

interface Variation {
  readonly variant: string
  /** Made between two refusals of the same request without the change. */
  readonly asked: number
  readonly served: number
  /** The same, with an answer that is neither a refusal nor the usual one: it is another resource, or none. */
  readonly other: number
}

/** A change evades the limiter when what was changed is served, again and again, in between refusals. */
const leastServed = 3
/** Ours: with a dozen changes a test, about one false alarm in a thousand tests. */
const mostAccident = 1e-4

/** Each change stands between two requests without it: it counts where both were refused. */
function variationsOf(evidence: LimiterEvidence): readonly Variation[] {
  const answers = answersOf(evidence, 'bypass').filter(({ part }) => part !== 'stream' && part !== 'one')
  const found = new Map<string, Variation>()
  answers.forEach((answer, i) => {
    if (answer.part === 'control') return
    const { variant, asked, served, other } = found.get(answer.part) ?? { variant: answer.part, asked: 0, served: 0, other: 0 }
    const isBetween = [answers[i - 1], answers[i + 1]].every((one) => isControl(one) && isRefused(evidence, one))
    const isServed = isAccepted(evidence, answer) && answer.status === evidence.usual
    const isOther = !isServed && !isRefused(evidence, answer)
    const add = (yes: boolean): number => (isBetween && yes ? 1 : 0)
    found.set(answer.part, { variant, asked: asked + add(true), served: served + add(isServed), other: other + add(isOther) })
  })
  return [...found.values()]
}

function isControl(answer: LimiterAnswer | undefined): answer is LimiterAnswer {
  return answer?.part === 'control'
}

export function bypassesOf(evidence: LimiterEvidence): readonly string[] {
  if (oneConnection(evidence) !== undefined) return ['new connection']
  const chance = servedByChance(evidence)
  return variationsOf(evidence)
    .filter((one) => one.variant !== 'another key' && isOftenServed(one))
    .filter(({ asked, served }) => atLeast(served, { of: asked, chance }) < mostAccident)
    .map(({ variant }) => variant)
}

function isOftenServed({ asked, served }: Variation): boolean {
  return served >= leastServed && served >= 0.75 * asked
}

/** Of what was sent without a change while the key was drained: who comes at the right moment gets the token that has come back. */
function servedByChance(evidence: LimiterEvidence): number {
  const plain = answersOf(evidence, 'bypass').filter(({ part }) => part === 'control' || part === 'stream')
  return Math.max(0.02, plain.filter((one) => isAccepted(evidence, one)).length / Math.max(1, plain.length))
}

/** P(X >= k) of a binomial number. */
function atLeast(k: number, { of, chance }: { readonly of: number; readonly chance: number }): number {
  let sum = 0
  let term = (1 - chance) ** of
  for (let i = 0; i <= of; i++) {
    if (i >= k) sum += term
    term *= ((of - i) / (i + 1)) * (chance / (1 - chance))
  }
  return sum
}

export function isNotEvaded(evidence: LimiterEvidence): Tested {
  const id = 'bypass'
  const all = variationsOf(evidence).filter(({ variant }) => variant !== 'another key')
  if (all.length === 0) return skipped(evidence, id, 'bypass')
  const ways = bypassesOf(evidence)
  if (ways.length > 0) {
    const told = all.filter(({ variant }) => ways.includes(variant))
    const list = told.map(({ variant, asked, served }) => `${variant} (${String(served)} of ${String(asked)} served)`)
    return {
      ...{ id, verdict: 'fail', defect: 'BYPASSABLE' },
      evidence: `between requests that were refused, the same was served with another ${list.join(', another ')}`,
    }
  }
  const few = all.filter(({ asked }) => asked < leastServed).map(({ variant }) => variant)
  if (few.length > 0)
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `so few requests in a row were refused twice that nothing could be changed in between: ${few.join(', ')}`,
    }
  const unsure = all.filter((one) => isOftenServed(one)).map(({ variant }) => variant)
  if (unsure.length > 0)
    return {
      id,
      verdict: 'unknown',
      evidence: `another ${unsure.join(', ')} was served, and so may be anybody by chance: too much is let through between two refusals`,
    }
  const elsewhere = all.filter(({ asked, other }) => other === asked).map(({ variant }) => variant)
  const but = elsewhere.length === 0 ? '' : `; not the same resource: ${elsewhere.join(', ')}`
  const refused = all.map(({ variant }) => variant).filter((variant) => !elsewhere.includes(variant))
  return { id, verdict: 'pass', evidence: `refused all the same with another ${refused.join(', ')}${but}` }
}

/** Nothing was refused of what came over several connections; let through of what came over one, until it was refused. */
function oneConnection(evidence: LimiterEvidence): number | undefined {
  if (evidence.figures.firstRefusalSec !== undefined) return undefined
  const answers = answersOf(evidence, 'bypass').filter(({ part }) => part === 'one')
  const refused = answers.findIndex((one) => isRefused(evidence, one))
  return refused < 0 ? undefined : refused
}

/** Where the probe was never refused: is a client that has one connection? */
export function countsConnections(evidence: LimiterEvidence): readonly Tested[] {
  const served = oneConnection(evidence)
  if (served === undefined) return []
  const { sent } = evidence.figures
  const told = `over one connection a client was refused after ${String(served)} requests, over several none of ${String(sent)} was: it counts by connection, and a new one begins anew`
  return [{ id: 'bypass', verdict: 'fail', defect: 'BYPASSABLE', evidence: told }]
}

/** Another client is served while one is refused. */
export function sparesOtherKeys(evidence: LimiterEvidence): Tested {
  const id = 'isolation'
  const found = variationsOf(evidence).find(({ variant }) => variant === 'another key')
  if (found === undefined) return skipped(evidence, id, 'bypass')
  const { asked, served } = found
  const told = `while one was refused, another client was served ${String(served)} of ${String(asked)} times`
  if (asked === 0) return { id, verdict: 'unknown', evidence: told }
  if (served >= 0.75 * asked) return { id, verdict: 'pass', evidence: told }
  const { kind } = evidence.spec.key
  const by = kind === 'address' ? 'address' : `${kind} \`${evidence.spec.key.name}\``
  return {
    ...{ id, verdict: 'fail', defect: 'NOT_ISOLATED' },
    evidence: `${told} (${percent(served / asked)}): it does not tell its clients apart by ${by}, and one of them uses up what all have`,
  }
}
