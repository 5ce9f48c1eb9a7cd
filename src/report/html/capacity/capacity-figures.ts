import type { CapacityResult } from '../../../model/capacity-result.ts'
import {
  answerSentences,
  capitalised,
  cautionSentences,
  headroomSentence,
  limitingResource,
  limitSentences,
  shapeSentences,
} from '../../capacity-sentences.ts'
import { capacityAnswer, failureWords, loadText } from '../../capacity-words.ts'
import { count, digits, duration, ms, percent, perSec } from '../../numbers.ts'
import type { PageFigure } from '../page-data.ts'

/** `Bears 310/s, breaks at 325/s; first limit: connection pool; beyond it the target sheds what it cannot carry`. */
export function capacityHeading(capacity: CapacityResult): string {
  const { failureClass } = capacity
  // Of a search that the generator ended, the answer says so itself.
  const limit = capacity.kind === 'generator-limited' ? null : (limitingResource(capacity)?.title ?? capacity.limitedBy)
  const beyond =
    failureClass === null || failureClass === 'healthy' ? '' : `; beyond it the target ${failureWords[failureClass].does}`
  const answer = capacityAnswer(capacity)
  return `${capitalised(answer)}${limit === null ? '' : `; first limit: ${inSentence(limit)}`}${beyond}`
}

/** `CPU of the target` keeps its letters, `Connection pool` does not. */
function inSentence(title: string): string {
  return /^[A-Z][A-Z]/.test(title) ? title : title.slice(0, 1).toLowerCase() + title.slice(1)
}

/** In the words of all reports; the answer itself is the heading. */
export function capacitySentences(capacity: CapacityResult): string[] {
  const headroom = headroomSentence(capacity)
  return [
    // Without an interval its first sentence is the heading.
    ...answerSentences(capacity).slice(capacity.width === null ? 1 : 0),
    ...limitSentences(capacity),
    ...shapeSentences(capacity),
    ...(headroom === null ? [] : [headroom]),
    ...cautionSentences(capacity),
  ]
}

/** The figures at the head of a test that searches: means over all its trials would say nothing. */
export function capacityFigures(capacity: CapacityResult): PageFigure[] {
  const { unit, lower, upper, kind, goodputPerSec, knee, kneeInterval, headroom, curve, trials, costSec } = capacity
  const open = lower !== null && (kind === 'at-least' || kind === 'generator-limited')
  const at = curve.find(({ offered }) => offered === lower)
  const errors = at === undefined ? '' : `${percent(at.errorRate)} errors`
  return [
    { label: open ? 'Bears at least' : 'Bears', value: loadText(lower, unit), note: errors },
    { label: 'Breaks at', value: loadText(upper, unit), note: breakNote(capacity) },
    { label: 'Goodput', value: perSec(goodputPerSec), note: at === undefined ? '' : 'at what it bears' },
    { label: 'p95', value: ms(at?.p95), note: at === undefined ? '' : at.p95 === null ? 'too few samples' : 'at what it bears' },
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
      value: `${count(trials.length)} ${trials.length === 1 ? 'trial' : 'trials'}`,
      note: `${duration(costSec)} of load`,
    },
  ]
}

function breakNote({ upper, width, limitingObjective }: CapacityResult): string {
  if (upper === null) return 'not found'
  return width === null ? (limitingObjective ?? '') : `interval ${percent(width)} wide`
}

export function searchHeading({ trials, costSec, staircaseSec, quick }: CapacityResult): string {
  const many = trials.length === 1 ? 'one trial' : `${count(trials.length)} trials`
  const saved = staircaseSec === null || quick ? '' : `; a staircase of the same resolution takes ${duration(staircaseSec)}`
  return `How it was found: ${many}, ${duration(costSec)} of load${saved}`
}
