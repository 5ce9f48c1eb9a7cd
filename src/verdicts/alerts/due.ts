import type { AlertSpec } from '../../model/alert-spec.ts'
import type { AlertStretch } from '../../model/alert-result.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { faultTimesOf } from '../../analysis/index.ts'
import { holds } from '../holds.ts'
import { readStop, wasRead } from '../stop-readings.ts'

/** A time in which a condition was true without a break. */
export interface Stretch {
  readonly fromSec: number
  readonly toSec: number
}

/** Probes tick about once a second; more than two and a half seconds between two values is a gap. */
const gapSec = 2.5

/** When an alert was due by what we saw: from the moment its condition is complete (`for`) to its last true second; a sentence where nobody can say. */
export function dueOf(
  { when, during }: AlertSpec,
  { data, test, untilSec }: { readonly data: RunData; readonly test: TestData; readonly untilSec: number },
): readonly Stretch[] | string {
  if (during !== undefined) return phaseOf(test, during)
  if (when === undefined) return []
  const moment = { data, test, nowSec: (test.loadStartSec ?? 0) + untilSec }
  if (!wasRead(when, moment)) return `Of \`${when.text}\` nothing was measured.`
  const readings = readStop(when, moment, { sinceSec: 0, afterSec: -Infinity })
  const inPhase = (sec: number): boolean =>
    when.during === undefined ||
    test.spec.phases.some(({ name, fromSec, toSec }) => name === when.during && sec >= fromSec && sec < toSec)
  const stretches: Stretch[] = []
  let open: Stretch | undefined
  for (const { sec, value } of readings) {
    if (sec >= untilSec) break
    if (value === undefined || !holds(value, when) || !inPhase(sec)) {
      open = undefined
      continue
    }
    const isNext: boolean = open !== undefined && sec - (open.toSec - 1) <= gapSec
    open = { fromSec: isNext ? (open?.fromSec ?? sec) : sec, toSec: sec + 1 }
    if (isNext) stretches[stretches.length - 1] = open
    else stretches.push(open)
  }
  const forSec = when.forSec ?? 0
  return stretches.flatMap(({ fromSec, toSec }) => (toSec - fromSec >= forSec ? [{ fromSec: fromSec + forSec, toSec }] : []))
}

/** A fault is there from the moment it was seen to be to the one in which it was gone, whatever was planned. */
function phaseOf(test: TestData, name: string): readonly Stretch[] {
  const fault = faultTimesOf(test).find(({ id }) => id === name)
  if (fault !== undefined)
    return fault.atSec === null ? [] : [{ fromSec: fault.atSec, toSec: fault.clearedSec ?? Math.max(fault.atSec, test.loadSec) }]
  return test.spec.phases.flatMap((phase) => (phase.name === name ? [{ fromSec: phase.fromSec, toSec: phase.toSec }] : []))
}

/** Pauses in which it need not be cleared belong to one time. */
export function joined(
  stretches: readonly Stretch[],
  pauseSec: number,
): readonly (Stretch & { readonly parts: readonly Stretch[] })[] {
  const all: (Stretch & { parts: Stretch[] })[] = []
  for (const part of stretches) {
    const open = all.at(-1)
    if (open !== undefined && part.fromSec - open.toSec <= pauseSec) {
      open.parts.push(part)
      all[all.length - 1] = { fromSec: open.fromSec, toSec: part.toSec, parts: open.parts }
    } else all.push({ ...part, parts: [part] })
  }
  return all
}

/** As the result tells it. */
export function shownStretch({ fromSec, toSec }: Stretch): AlertStretch {
  return { fromSec, toSec: Number.isFinite(toSec) ? toSec : null }
}
