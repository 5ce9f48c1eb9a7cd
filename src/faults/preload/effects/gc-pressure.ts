import { PerformanceObserver } from 'node:perf_hooks'
import type { Effect } from './effect.ts'
import { told } from './effect.ts'

const turnMs = 10
/** Numbers with a fraction are kept as such, eight bytes each. */
const chunkBytes = 8192
/** Garbage that dies at once costs nothing: a part of it lives long enough to be moved. */
const keptBytes = 16 * 2 ** 20
/** In one turn, so that the event loop is not what is blocked. */
const mostPerTurn = 64 * 2 ** 20

/** Garbage of so many bytes a second for the collector. */
export function gcPressure({ bytesPerSec }: { readonly bytesPerSec: number }): Effect {
  const kept: number[][] = []
  const startMs = performance.now()
  let made = 0
  let collections = 0
  let pausedMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collections += 1
      pausedMs += duration
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  const turn = (): void => {
    const due = Math.min((bytesPerSec * (performance.now() - startMs)) / 1000, made + mostPerTurn)
    for (let at = 0; made < due; made += chunkBytes, at++) {
      kept[at % (keptBytes / chunkBytes)] = new Array<number>(chunkBytes / 8).fill(0.5 + at)
    }
  }
  const timer = setInterval(turn, turnMs)
  timer.unref()
  return {
    look() {
      const seconds = Math.max(0.001, (performance.now() - startMs) / 1000)
      const rate = made / seconds
      const evidence = `${(rate / 1e6).toFixed(1)} MB of garbage a second, ${collections} collections that took ${Math.round(pausedMs)} ms`
      // A fifth is left for a process that has no more time.
      return told({ active: rate >= 0.8 * bytesPerSec, evidence })
    },
    end() {
      clearInterval(timer)
      observer.disconnect()
      kept.length = 0
    },
  }
}
