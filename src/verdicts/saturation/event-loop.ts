import { digits } from '../format-value.ts'
import { busiestThread } from './cpu-core.ts'
import type { LatencyLimit } from './latency-limits.ts'
import { latencyLimits } from './latency-limits.ts'
import { blockMs } from './loop-blocks.ts'
import type { Resource } from './resource.ts'
import { asPercent } from './resource.ts'

/** Ours. Pieces of work shorter than this are ordinary requests: a thread that is full of them is a full core. */
const shortestBlockMs = 25

/**
 * One core or the event loop? Both are one busy thread. It is the loop when single pieces of synchronous work hold it for tens of milliseconds: then
 * everybody waits behind them long before the core is full, and more processes help less than moving that work away.
 */
export const eventLoop: Resource = {
  id: 'event-loop',
  title: 'Event loop of the target',
  kind: 'works',
  threshold: 0.8,
  share: `Time that requests wait for the loop behind work that holds it for ${shortestBlockMs} ms and more, at the percentile of the objective, of the latency that the objective allows.`,
  advice:
    'Single pieces of synchronous work hold the loop while everybody else waits (hashing, JSON of large bodies, synchronous file access, long loops): a CPU profile under this load shows them; move them to a worker thread or cut them in pieces.',
  read(look) {
    const thread = busiestThread(look)
    const block = blockMs(look)
    if (thread === undefined || block === undefined) return { missing: 'the target’s threads (give it `start`, `pid` or `port`)' }
    if (block < shortestBlockMs) return { share: 0, shown: `no work that held it for ${shortestBlockMs} ms` }
    const shares = latencyLimits(look.view.spec).map((limit) => waitMs(thread.share, block, limit) / limit.limitMs)
    const share = Math.min(1, Math.max(...shares))
    return {
      share,
      shown: `${asPercent(share)} (held for ${digits(Math.round(block))} ms at a time, ${asPercent(thread.share)} of the time)`,
    }
  },
}

/**
 * Quantile of the wait in a queue with one server that is busy a share ρ of the time with pieces of length S. Heavy-traffic form of M/D/1: the mean wait
 * is W = ρS / 2(1−ρ), a share ρ waits at all, and the tail is exponential, so the q-quantile is (W/ρ) · ln(ρ / (1−q)).
 */
function waitMs(busy: number, pieceMs: number, { q }: LatencyLimit): number {
  if (busy <= 1 - q) return 0
  return (pieceMs / (2 * Math.max(1e-3, 1 - busy))) * Math.log(busy / (1 - q))
}
