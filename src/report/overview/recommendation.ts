import type { LoadUnit } from '../../model/load-spec.ts'
import { capacityPlan } from '../capacity-plan.ts'
import type { CapacityPlan } from '../capacity-plan.ts'
import { inSentence } from '../capacity-sentences.ts'
import { loadText } from '../capacity-words.ts'
import { count, digits, ms, percent, perSec } from '../numbers.ts'
import type { SearchedTest } from '../searched-test.ts'
import { named } from '../test-names.ts'

/** Empty where no load was borne. */
export function recommendationSentences(searched: readonly SearchedTest[]): string[] {
  return searched.flatMap((test) => {
    const plan = capacityPlan(test)
    if (plan === null) return []
    const { unit } = test.capacity
    const said = [perInstance(plan, unit), ...instances(plan, unit), scale(plan, unit)]
    return said.map((sentence) => named(test, sentence, searched))
  })
}

function perInstance({ lower, goodputPerSec, cycleSec, inFlight }: CapacityPlan, unit: LoadUnit): string {
  const load = loadText(lower, unit)
  const little =
    inFlight === null
      ? ''
      : ` With a median latency of ${ms(inFlight.medianMs)} that are ${digits(inFlight.requests)} requests in flight (Little: ${perSec(goodputPerSec)} × ${ms(inFlight.medianMs)}).`
  if (cycleSec === null)
    return `One instance bears ${load}: users that make a request every Z seconds may number ${digits(lower)} × Z.${little}`
  return `One instance bears ${load}: each of them gets a good answer every ${digits(cycleSec)} s (${digits(lower)} / ${perSec(goodputPerSec)}, think time included); users that ask half as often may be twice as many.${little}`
}

function instances({ instances: needed, lower, scaleAt }: CapacityPlan, unit: LoadUnit): string[] {
  if (needed === null) return []
  const { peak, fewest, spare, comfortable } = needed
  const words = (n: number) => (n === 1 ? '1 instance' : `${count(n)} instances`)
  const [at, each] = [loadText(peak, unit), loadText(lower, unit)]
  const sentences = [
    `The expected peak of ${at} needs ${words(fewest)} (⌈${at} / ${each}⌉), and ${words(spare)} where one may fail.`,
  ]
  if (comfortable !== null && scaleAt !== null && comfortable > fewest)
    sentences.push(`To stay at the knee, that peak needs ${words(comfortable)} (⌈${at} / ${loadText(scaleAt, unit)}⌉).`)
  return sentences
}

function scale({ scaleAt, lower, resource }: CapacityPlan, unit: LoadUnit): string {
  const at = loadText(scaleAt ?? lower, unit)
  const share = scaleAt === null ? resource?.atLower : resource?.atKnee
  const seen =
    resource === null || share === null || share === undefined
      ? ''
      : `, seen as ${inSentence(resource.title)} at ${percent(share)}`
  return scaleAt === null
    ? `Add an instance before one of them carries ${at}${seen}: no knee was found below that.`
    : `Add an instance when one of them carries ${at}${seen}: there latency begins to grow faster than goodput, and ${percent(1 - scaleAt / lower)} of the capacity is left for the time that a new instance needs (1 − ${at} / ${loadText(lower, unit)}).`
}
