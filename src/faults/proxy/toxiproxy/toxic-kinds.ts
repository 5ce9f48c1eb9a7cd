import type { Random } from '../../../base/random.ts'
import type { Outlet, Outlets, ProxiedConnection, Stage } from '../stage.ts'
import type { Toxic } from '../toxic.ts'
import { bandwidth } from '../toxics/bandwidth.ts'
import { latency } from '../toxics/latency.ts'
import { slowClose } from '../toxics/slow-close.ts'
import { TimedQueue } from '../toxics/timed-queue.ts'

/** Toxiproxy's words: `upstream` is away from the client, `downstream` back to it. */
export type Stream = 'upstream' | 'downstream'
export type Attributes = Readonly<Record<string, number>>

interface ToxicKind {
  /** Its attributes and what they are when left out, as Toxiproxy has them. */
  readonly defaults: Attributes
  make(attributes: Attributes, stream: Stream, random: Random): Toxic
}

const directionOf = { upstream: 'up', downstream: 'down' } as const
const on = ''

/** Toxiproxy's toxics (its `toxics/*.go`), with its attributes and units. */
export const toxicKinds: Readonly<Record<string, ToxicKind>> = {
  latency: {
    defaults: { latency: 0, jitter: 0 },
    make: ({ latency: delayMs = 0, jitter: jitterMs = 0 }, stream, random) =>
      latency(
        { kind: 'latency', on, delayMs, jitterMs, distribution: 'uniform', direction: directionOf[stream], firstByte: false },
        random,
      ),
  },
  /** `rate`: in thousands of bytes a second. */
  bandwidth: {
    defaults: { rate: 0 },
    make: ({ rate = 0 }, stream, random) =>
      bandwidth(
        { kind: 'bandwidth', on, bytesPerSec: Math.max(1, rate * 1000), direction: directionOf[stream], shared: false },
        random,
      ),
  },
  slow_close: {
    defaults: { delay: 0 },
    make({ delay: delayMs = 0 }, stream, random) {
      const toxic = slowClose({ kind: 'slow-close', on, delayMs }, random)
      const way = directionOf[stream]
      return {
        meetsAtEnd: true,
        join(connection, out) {
          const stage = toxic.join?.(connection, out)[way]
          return stage === undefined ? {} : { [way]: stage }
        },
      }
    },
  },
  timeout: { defaults: { timeout: 0 }, make: ({ timeout = 0 }, stream) => oneWay(stream, swallow(timeout)) },
  reset_peer: { defaults: { timeout: 0 }, make: ({ timeout = 0 }, stream) => oneWay(stream, resetAfter(timeout)) },
  /** `delay`: in microseconds. */
  slicer: {
    defaults: { average_size: 0, size_variation: 0, delay: 0 },
    make: ({ average_size: size = 0, size_variation: variation = 0, delay = 0 }, stream, random) =>
      oneWay(stream, (_, out) => cutUp(out, { size, variation, delayMs: delay / 1000, random })),
  },
  limit_data: { defaults: { bytes: 0 }, make: ({ bytes = 0 }, stream) => oneWay(stream, limit(bytes)) },
}

type StageMaker = (connection: ProxiedConnection, out: Outlet) => Stage

function oneWay(stream: Stream, make: StageMaker): Toxic {
  const way = directionOf[stream]
  return { join: (connection, out: Outlets) => ({ [way]: make(connection, out[way]) }) }
}

/** No data gets through; closed `timeoutMs` after the first of it, or (0) when the toxic is removed. */
function swallow(timeoutMs: number): StageMaker {
  return (connection) => {
    let timer: NodeJS.Timeout | undefined
    let hasLost = false
    return {
      write() {
        hasLost = true
        if (timeoutMs > 0) timer ??= setTimeout(() => connection.close(), timeoutMs)
      },
      end: () => connection.close(),
      leave() {
        clearTimeout(timer)
        if (hasLost) connection.close()
      },
    }
  }
}

/** The first data is not passed on; `timeoutMs` after it the connection is reset. */
function resetAfter(timeoutMs: number): StageMaker {
  return (connection, out) => {
    let timer: NodeJS.Timeout | undefined
    return {
      write() {
        timer ??= setTimeout(() => connection.reset(), timeoutMs)
      },
      end: () => out.end(),
      leave() {
        if (timer === undefined) return
        clearTimeout(timer)
        connection.reset()
      },
    }
  }
}

function limit(bytes: number): StageMaker {
  return (connection, out) => {
    let left = bytes
    return {
      write(chunk) {
        if (left > 0) out.write(chunk.subarray(0, left))
        left -= chunk.length
        if (left <= 0) connection.close()
      },
      end: () => out.end(),
    }
  }
}

interface Slicing {
  readonly size: number
  readonly variation: number
  readonly delayMs: number
  readonly random: Random
}

function cutUp(out: Outlet, { size, variation, delayMs, random }: Slicing): Stage {
  const queue = new TimedQueue(out)
  let nextMs = 0
  return {
    write(chunk) {
      for (let from = 0; from < chunk.length;) {
        const bytes = Math.max(1, Math.round(size + variation * (2 * random.next() - 1)))
        const dueMs = Math.max(nextMs, performance.now())
        nextMs = dueMs + delayMs
        queue.add(chunk.subarray(from, from + bytes), dueMs)
        from += bytes
      }
    },
    end: () => queue.addEnd(nextMs),
    isFull: () => queue.isFull,
    leave: () => queue.flush(),
  }
}
