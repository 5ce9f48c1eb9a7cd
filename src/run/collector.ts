import type { SeriesWindow, WindowLine, WorkerWindow } from '../model/sample.ts'

/** Joins what the workers say about the same second into lines of the record. */
export interface Collector {
  /** Gives the lines of every second that is now complete, in order. */
  add(window: WorkerWindow): readonly CompleteSecond[]
  /** Seconds that some worker never finished (a crash, a stop): given out as they are. */
  flush(): readonly CompleteSecond[]
}

export interface CompleteSecond {
  readonly test: string
  readonly t: number
  readonly lines: readonly WindowLine[]
  readonly windows: readonly WorkerWindow[]
}

export function createCollector(
  workers: number,
  mergeSeries: (windows: readonly SeriesWindow[]) => readonly SeriesWindow[],
): Collector {
  const pending = new Map<string, WorkerWindow[]>()

  const complete = (windows: readonly WorkerWindow[]): CompleteSecond => {
    const [first] = windows
    if (first === undefined) throw new Error('a second without windows')
    const { test, t } = first
    // Also for one worker: merging is what compresses the histograms, off the worker's thread.
    const series = mergeSeries(windows.flatMap((w) => w.series))
    const lines: WindowLine[] = [...series.map((s) => ({ t, test, ...s })), ...windows.map((w) => ({ t, test, ...w.generator }))]
    return { test, t, lines, windows }
  }

  return {
    add(window) {
      if (workers === 1) return [complete([window])]
      const key = `${window.test}\0${String(Math.round(window.t * 1000))}`
      const windows = [...(pending.get(key) ?? []), window]
      if (windows.length < workers) {
        pending.set(key, windows)
        return []
      }
      pending.delete(key)
      return [complete(windows)]
    },
    flush() {
      const rest = [...pending.values()].map(complete).sort((a, b) => a.t - b.t)
      pending.clear()
      return rest
    },
  }
}
