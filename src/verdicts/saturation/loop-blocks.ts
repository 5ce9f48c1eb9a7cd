import type { GeneratorWindow } from '../../model/sample.ts'
import type { ProbePoint, TestData } from '../../analysis/index.ts'
import { quantileOf } from '../probe-value.ts'
import type { Look } from './resource.ts'
import { valuesOf } from './resource.ts'

/**
 * How long a single piece of work holds the loop in a typical second, in ms; undefined when nothing tells.
 *
 * Seen from outside: requests are in flight and not a byte comes from any of them. How much of such a silence the thread ran is not known, only how
 * much of that second it ran and how much it waited for a core; it wanted to run all through a block, so the shares are taken to be the same. And it
 * cannot have been held for longer than it ran. A busy loop of many short pieces answers one after the other: its lag is long, its silences are short.
 */
export function blockMs({ data, view }: Look): number | undefined {
  const silences = silencesOf(view)
  if (silences.length === 0) return undefined
  const typical = quantileOf(silences, 0.5) ?? 0
  const lag = lagMs({ data, view })
  // Two witnesses where there are two: with the thread's own lag, a silence is no chance and no slow dependency.
  if (lag !== undefined) return Math.min(typical, lag)
  // Where answers are few, silences are ordinary: chance alone must leave none of this length (e^-5 a pause of a Poisson stream).
  const answersPerSec = view.total('request', { range: view.judged }).count / Math.max(1, view.secondsIn(view.judged))
  return answersPerSec * (typical / 1000) >= 5 ? typical : 0
}

/** Of each second: the longest silence that all workers heard, less the generator's own pauses, as far as the busiest thread ran in it. */
function silencesOf(view: TestData): number[] {
  const bySecond = new Map<number, GeneratorWindow[]>()
  for (const { sec, window } of view.generators(view.judged)) bySecond.set(sec, [...(bySecond.get(sec) ?? []), window])
  const [cores, waits] = [view.probe('target.cpu.core'), view.probe('target.cpu.core.wait')]
  return [...bySecond].flatMap(([sec, windows]) => {
    const core = readingOf(cores, sec)
    if (core === undefined) return []
    const heard = windows.filter((window) => window.inFlightMax > 0).map((window) => window.silenceMaxMs)
    const own = Math.max(...windows.map((window) => Math.max(window.loopDelayMaxMs, window.gcMaxMs)))
    const silence = heard.length === 0 ? 0 : Math.max(0, Math.min(...heard) - own)
    const wait = readingOf(waits, sec) ?? 0
    return core + wait === 0 ? [0] : [Math.min((silence * core) / (core + wait), core * 1000)]
  })
}

/** A reading tells of the second before it. */
function readingOf(points: readonly ProbePoint[], sec: number): number | undefined {
  return points.find(({ t }) => t > sec + 0.4 && t <= sec + 1.6)?.value
}

/** Lag of Node's own loop as its page of metrics has it (prom-client), in a typical second. */
function lagMs({ data, view }: Look): number | undefined {
  const name = data.probeNames.find((probe) => /(^|\.)nodejs_eventloop_lag_max_seconds$/.test(probe))
  const values = name === undefined ? [] : valuesOf(view, name)
  // Some versions never reset the maximum: then it tells nothing of this load.
  const isReset = values.some((value, i) => value < (values[i - 1] ?? 0))
  const typical = values.length < 3 || !isReset ? undefined : quantileOf(values, 0.5)
  return typical === undefined ? undefined : typical * 1000
}
