import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { unchangedPart } from '../../analysis/index.ts'
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

/** A change evades the limiter when what was changed is served, again and again, in between refusals; and what was not changed is not. */
const leastServed = 3
const oftenServed = 0.75
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
  const all = variationsOf(evidence)
  if (oneConnection(evidence) !== undefined) return whatCounts(evidence) === 'connections' ? ['new connection'] : []
  return changesOf(all)
    .filter((one) => isOftenServed(one) && isNoAccident(one, unchangedOf(all, one)))
    .map(({ variant }) => variant)
}

function changesOf(all: readonly Variation[]): readonly Variation[] {
  return all.filter(({ variant }) => variant !== 'another key' && !variant.startsWith(unchangedPart))
}

/** The same requests without the change, made in turn with those that have it: whoever comes at the right moment gets the token that has come back. */
function unchangedOf(all: readonly Variation[], { variant }: Variation): Variation {
  const name = `${unchangedPart}${variant}`
  return all.find((one) => one.variant === name) ?? { variant: name, asked: 0, served: 0, other: 0 }
}

function isOftenServed({ asked, served }: Variation): boolean {
  return served >= leastServed && served >= oftenServed * asked
}

/** Fisher's exact test, one-sided: so many or more of those served have the change, if it made no difference. */
function isNoAccident(changed: Variation, plain: Variation): boolean {
  const [served, asked] = [changed.served + plain.served, changed.asked + plain.asked]
  let chance = 0
  for (let k = changed.served; k <= Math.min(served, changed.asked); k++)
    chance += choose(served, k) * choose(asked - served, changed.asked - k)
  return chance / choose(asked, changed.asked) < mostAccident
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0
  let product = 1
  for (let i = 1; i <= k; i++) product *= (n - k + i) / i
  return product
}

export function isNotEvaded(evidence: LimiterEvidence): Tested {
  const id = 'bypass'
  const made = variationsOf(evidence)
  const all = changesOf(made)
  if (all.length === 0) return withoutChanges(evidence)
  const ways = bypassesOf(evidence)
  if (ways.length > 0) {
    const told = all.filter(({ variant }) => ways.includes(variant))
    const list = told.map((one) => {
      const plain = unchangedOf(made, one)
      const than = plain.asked === 0 ? '' : `, without it ${String(plain.served)} of ${String(plain.asked)}`
      return `${one.variant} (${String(one.served)} of ${String(one.asked)} served${than})`
    })
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
      evidence: `another ${unsure.join(', ')} was served, and so may be anybody by chance: what was not changed was served as well, or too little was asked to tell`,
    }
  const elsewhere = all.filter(({ asked, other }) => other === asked).map(({ variant }) => variant)
  const but = elsewhere.length === 0 ? '' : `; not the same resource: ${elsewhere.join(', ')}`
  const refused = all.map(({ variant }) => variant).filter((variant) => !elsewhere.includes(variant))
  const tried = `refused all the same with another ${refused.join(', ')}${but}`
  const untried = evidence.run.skipped.find(({ stage }) => stage === 'bypass')?.why
  return untried === undefined
    ? { id, verdict: 'pass', evidence: tried }
    : { id, verdict: 'unknown', evidence: `${tried}; ${untried}` }
}

/** Whoever is not refused cannot evade a refusal. */
function withoutChanges(evidence: LimiterEvidence): Tested {
  const answers = answersOf(evidence, 'bypass')
  if (answers.length === 0 || answers.some((one) => isRefused(evidence, one))) return skipped(evidence, 'bypass', 'bypass')
  const asked = `none of ${String(answers.length)} requests one after the other was refused`
  return { id: 'bypass', verdict: 'unknown', evidence: `${asked}: nothing could be changed between two refusals` }
}

/** So much less over one connection is no accident of a rate that was not measured. */
const muchLess = 0.5

/** Next to nothing was refused of what came over several connections; let through of what came over one, until it was refused. */
function oneConnection(evidence: LimiterEvidence): number | undefined {
  const { figures, fit } = evidence
  if (fit !== undefined) return undefined
  const answers = answersOf(evidence, 'bypass').filter(({ part }) => part === 'one')
  const index = answers.findIndex((one) => isRefused(evidence, one))
  const [first, refused] = [answers[0], answers[index]]
  if (first === undefined || refused === undefined) return undefined
  if (figures.firstRefusalSec === undefined) return index
  // One limiter for all of them lets a share of B + R t through in a share of the time t, and more than that in the beginning.
  const share = (refused.at - first.at) / Math.max(0.001, figures.toSec - figures.fromSec)
  return index + 1 < muchLess * Math.min(1, share) * figures.accepted ? index : undefined
}

/**
 * Drained over one connection, and hardly ever refused with several: is it connections that are counted, or does it count what comes at the same moment once?
 * A new connection is never refused where each is counted by itself.
 */
function whatCounts(evidence: LimiterEvidence): 'connections' | 'moments' | undefined {
  const anew = answersOf(evidence, 'bypass').filter(({ part }) => part === 'new connection')
  if (anew.filter((one) => isRefused(evidence, one)).length >= leastServed) return 'moments'
  const changed = variationsOf(evidence).find(({ variant }) => variant === 'new connection')
  return changed !== undefined && isOftenServed(changed) ? 'connections' : undefined
}

/** Where the probe was never refused: is a client that has one connection? Or one that waits for each answer? */
export function countsConnections(evidence: LimiterEvidence): readonly Tested[] {
  const served = oneConnection(evidence)
  if (served === undefined) return []
  const { sent, accepted } = evidence.figures
  const refused = sent - accepted
  const many = `${refused === 0 ? 'none' : String(refused)} of ${String(sent)} ${refused > 1 ? 'were' : 'was'}`
  const alone = `a client was refused after ${String(served)} requests`
  switch (whatCounts(evidence)) {
    case 'connections': {
      const told = `over one connection ${alone}, over several ${many}: it counts by connection, and a new one begins anew`
      return [{ id: 'bypass', verdict: 'fail', defect: 'BYPASSABLE', evidence: told }]
    }
    case 'moments': {
      const told = `one after the other ${alone}, with many in flight ${many}. It looks at the count and writes it down later, and others look in between`
      return [{ id: 'race', verdict: 'fail', defect: 'RACY', evidence: told }]
    }
    case undefined: {
      const told = `one after the other ${alone}, with many in flight over several connections ${many}: either its connections are counted, or what comes at the same moment is counted once`
      return [{ id: 'bypass', verdict: 'unknown', evidence: told }]
    }
  }
}

/** Another client is served while one is refused. */
export function sparesOtherKeys(evidence: LimiterEvidence): Tested {
  const id = 'isolation'
  const found = variationsOf(evidence).find(({ variant }) => variant === 'another key')
  if (found === undefined) return skipped(evidence, id, 'bypass')
  const { asked, served, other } = found
  const told = `while one was refused, another client was served ${String(served)} of ${String(asked)} times`
  if (asked === 0) return { id, verdict: 'unknown', evidence: told }
  if (served >= oftenServed * asked) return { id, verdict: 'pass', evidence: told }
  // An error of a busy server is no refusal.
  if (asked - served - other <= (1 - oftenServed) * asked) return { id, verdict: 'unknown', evidence: told }
  const { kind } = evidence.spec.key
  const by = kind === 'address' ? 'address' : `${kind} \`${evidence.spec.key.name}\``
  return {
    ...{ id, verdict: 'fail', defect: 'NOT_ISOLATED' },
    evidence: `${told} (${percent(served / asked)}): it does not tell its clients apart by ${by}, and one of them uses up what all have`,
  }
}
