import type { Effect } from './effect.ts'
import { told } from './effect.ts'

/** Work that gives nothing else a turn for `blockMs`, again `everyMs` after each begin. */
export function blockEventLoop({ blockMs, everyMs }: { readonly blockMs: number; readonly everyMs: number }): Effect {
  let blocks = 0
  let longestMs = 0
  let timer: NodeJS.Timeout | undefined
  const block = (): void => {
    const startMs = performance.now()
    // Between two blocks at least a turn is left, so that the end is heard.
    timer = setTimeout(block, Math.max(1, everyMs))
    timer.unref()
    while (performance.now() < startMs + blockMs);
    blocks += 1
    longestMs = Math.max(longestMs, performance.now() - startMs)
  }
  timer = setTimeout(block, 0)
  timer.unref()
  return {
    look: () =>
      told({ active: blocks > 0, evidence: `its event loop was blocked ${blocks} times, for up to ${Math.round(longestMs)} ms` }),
    end: () => clearTimeout(timer),
  }
}
