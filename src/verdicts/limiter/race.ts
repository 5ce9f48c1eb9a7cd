import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { answeredAt } from '../../analysis/index.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { isAccepted, skipped } from './evidence.ts'
import { allowed, mostOver } from './quota.ts'
import type { Drained } from './rounds.ts'
import { drainedOf, roundsOf } from './rounds.ts'
import { number } from './words.ts'

/** Many at the moment at which one token is left. */
export function admitsOne(evidence: LimiterEvidence): Tested {
  const { fit } = evidence
  const id = 'race'
  const tries = roundsOf(evidence).filter((answers) => answers.some(isTogether))
  if (fit === undefined || tries.length === 0) return skipped(evidence, id, 'race')
  const drained = drainedOf(evidence, fit)
  const figures = tries.map((answers) => {
    const admitted = answers.filter((one) => isAccepted(evidence, one))
    const together = admitted.filter(isTogether).length
    const of = answers.filter(isTogether).length
    const may = drained === undefined ? allowed(fit, answers) : allowedAfter(drained, fit, answers)
    // Had all of them been let through: is that more than is allowed? Where none was, nothing was left that two could take.
    const isTelling = together > 0 && admitted.length - together + of - may >= mostOver
    return { together, of, may, isTelling, over: admitted.length - may, all: admitted.length }
  })
  const [worst] = [...figures].sort((a, b) => b.over - a.over)
  if (worst === undefined) return skipped(evidence, id, 'race')
  const isLeft = worst.all > worst.together && fit.kind !== 'leaky queue'
  const when = isLeft ? 'at the moment at which one token was left' : 'at the same moment'
  const told = `of ${String(worst.of)} ${when} ${String(worst.together)} ${worst.together === 1 ? 'was' : 'were'} let through`
  const telling = figures.filter(({ isTelling }) => isTelling).length
  // What is in flight is what a cap counts, and it is full whenever all of it is used.
  if (worst.over < mostOver && telling === 0 && fit.kind !== 'concurrency cap')
    return {
      ...{ id, verdict: 'unknown' },
      evidence: `${told}, and ${number(worst.may)} are allowed in as much time as they took: that does not tell whether they are counted one by one`,
    }
  if (worst.over < mostOver) return { id, verdict: 'pass', evidence: `${told}, ${String(tries.length)} times` }
  const oneByOne = drained === undefined ? '' : `, and ${number(drained.admitted)} one after the other`
  return {
    ...{ id, verdict: 'fail', defect: 'RACY' },
    evidence: `${told}: ${String(worst.all)} in all, where ${number(worst.may)} are allowed${oneByOne}. It looks at the count and writes it down later, and others look in between`,
  }
}

function isTogether({ part }: LimiterAnswer): boolean {
  return part === 'together'
}

/** Of what was let through one after the other, most was there from the beginning, and less came back meanwhile. */
const mostRefilled = 0.5

/**
 * The probe has many requests in flight: where they are counted once, the rate and the burst that it shows are not those that there are. What is let through
 * from idle, one after the other until one is refused, is no less than the burst, and nobody was counted together with another. Of a bucket the next one was
 * not there when it refused: N(t) < n + 1 + R (t - t refused), so that the rate matters little.
 */
function allowedAfter({ admitted, sec, leastSec }: Drained, fit: LimiterFit, answers: readonly LimiterAnswer[]): number {
  const { burst, ratePerSec, windowSec } = fit
  const isQuick = windowSec === null && ratePerSec.value * sec < mostRefilled * admitted
  if (!isQuick) return allowed({ ...fit, burst: { ...burst, high: Math.min(burst.high, admitted) } }, answers)
  const lengthSec = answeredAt(answers) - Math.min(...answers.map(({ at }) => at))
  return admitted + 1 + ratePerSec.high * Math.max(0, lengthSec - leastSec)
}
