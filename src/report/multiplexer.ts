import type { Reporter, ReporterTick, RunOutcome } from './reporter.ts'

/** Called once for each reporter that fails; it hears nothing more until the result, which it may still write. */
export type ReporterFailure = (name: string, error: unknown) => void

/** Several reporters as one. A reporter that throws harms neither the run nor the others. */
export function multiplex(reporters: Readonly<Record<string, Reporter>>, onFailure: ReporterFailure): Required<Reporter> {
  const silenced = new Set<string>()
  const failed = (name: string, error: unknown) => {
    silenced.add(name)
    onFailure(name, error)
  }
  const each = (call: (reporter: Reporter) => void) => {
    for (const [name, reporter] of Object.entries(reporters)) {
      if (silenced.has(name)) continue
      try {
        call(reporter)
      } catch (error) {
        failed(name, error)
      }
    }
  }
  return {
    onHeader: (header, folder) => each((r) => r.onHeader?.(header, folder)),
    onEvent: (event) => each((r) => r.onEvent?.(event)),
    onWindows: (lines) => each((r) => r.onWindows?.(lines)),
    onTick: (tick: ReporterTick) => each((r) => r.onTick?.(tick)),
    onDebug: (text) => each((r) => r.onDebug?.(text)),
    onResult: async (outcome: RunOutcome) => {
      // In order: what is printed stays in the order in which the reporters were named.
      for (const [name, reporter] of Object.entries(reporters)) {
        try {
          await reporter.onResult?.(outcome)
        } catch (error) {
          failed(name, error)
        }
      }
    },
  }
}
