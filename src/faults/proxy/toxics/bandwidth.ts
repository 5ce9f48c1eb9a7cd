import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'
import { bothWays } from './both-ways.ts'

/** Bytes go on in portions of this time. */
const portionMs = 10
/** So much of unused time may be made up for: what timers are late by. */
export const creditMs = 2 * portionMs
/** What waits beyond that keeps its sender waiting, as the buffer of a router does. */
const mostWaiting = 64 * 1024

/** A line that carries so many bytes a second; who shares it takes turns, portion by portion. */
interface Line {
  /** When so many bytes have gone through, if they are put in now. */
  take(bytes: number): number
}

export const bandwidth: ToxicMaker<'bandwidth'> = ({ bytesPerSec, direction, shared }) => {
  const common = { up: createLine(bytesPerSec), down: createLine(bytesPerSec) }
  const portion = Math.max(1, Math.floor((bytesPerSec * portionMs) / 1000))
  return {
    join: (_, out) =>
      bothWays(direction, out, (one) => {
        const way = one === out.up ? 'up' : 'down'
        return throttle(one, shared ? common[way] : createLine(bytesPerSec), portion)
      }),
  }
}

/** Token bucket (GCRA): the line is free again when what was put in has gone through, and never longer ago than its credit. */
function createLine(bytesPerSec: number): Line {
  let freeMs = -Infinity
  return {
    take(bytes) {
      freeMs = Math.max(freeMs, performance.now() - creditMs) + (bytes * 1000) / bytesPerSec
      return freeMs
    },
  }
}

function throttle(out: Outlet, line: Line, portion: number): Stage {
  const waiting: Buffer[] = []
  let bytes = 0
  let isEnding = false
  let timer: NodeJS.Timeout | undefined

  const endIfDue = (): void => {
    if (!isEnding || waiting.length > 0) return
    isEnding = false
    out.end()
  }
  const nextPortion = (): Buffer => {
    const first = waiting.shift() ?? Buffer.alloc(0)
    if (first.length > portion) waiting.unshift(first.subarray(portion))
    const taken = first.subarray(0, portion)
    bytes -= taken.length
    return taken
  }
  const go = (): void => {
    while (waiting.length > 0) {
      const size = Math.min(portion, waiting[0]?.length ?? 0)
      const waitMs = line.take(size) - performance.now()
      if (waitMs > 0) {
        timer = setTimeout(() => {
          timer = undefined
          out.write(nextPortion())
          go()
        }, Math.ceil(waitMs))
        return
      }
      out.write(nextPortion())
    }
    endIfDue()
  }
  return {
    write(chunk) {
      waiting.push(chunk)
      bytes += chunk.length
      if (timer === undefined) go()
    },
    end() {
      isEnding = true
      endIfDue()
    },
    isFull: () => bytes > mostWaiting,
    leave() {
      clearTimeout(timer)
      timer = undefined
      while (waiting.length > 0) out.write(nextPortion())
      endIfDue()
    },
  }
}
