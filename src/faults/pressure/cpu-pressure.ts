import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PressureAction } from '../../model/pressure-spec.ts'
import type { Holder, Pressure } from './pressure.ts'
import { available } from './pressure.ts'

/** Work and rest take turns within this time. */
const periodMs = 100
/** How long one look takes. */
const lookMs = 500
/** More busy loops than this change nothing but the time that it takes to end them. */
const mostPerCore = 4

/** Busy loops by duty cycle, a process a core. */
export function cpuPressure({ cores, share }: Extract<PressureAction, { kind: 'cpu-pressure' }>): Pressure {
  return {
    processes: Math.min(cores, mostPerCore * availableParallelism()),
    probe() {
      const have = availableParallelism()
      return cores <= have
        ? available
        : { state: 'degraded', reason: `${cores} cores were asked for, and ${have} may be used here` }
    },
    hold() {
      let begin = performance.now()
      const turn = (): void => {
        while (performance.now() < begin + periodMs * share);
        begin = Math.max(begin + periodMs, performance.now() - periodMs)
        const restMs = begin - performance.now()
        if (restMs > 0.5) setTimeout(turn, restMs)
        else setImmediate(turn)
      }
      turn()
      return () => undefined
    },
    /** A busy loop on a machine without a free core waits for one: wanting it is what is asked of the fault, and both are told. */
    async verify({ holders }) {
      const before = holders.map(timesOf)
      const startMs = performance.now()
      await sleep(lookMs)
      const elapsedMs = performance.now() - startMs
      const shares = holders.map((holder, i) => {
        const now = timesOf(holder)
        const then = before[i]
        if (now === undefined || then === undefined) return { ran: 0, waited: 0 }
        return { ran: (now.ranMs - then.ranMs) / elapsedMs, waited: (now.waitedMs - then.waitedMs) / elapsedMs }
      })
      // A fifth is left for what the look itself misses of a duty cycle.
      const ok = shares.length === cores && shares.every(({ ran, waited }) => ran + waited >= 0.8 * share)
      const told = shares.map(
        ({ ran, waited }, i) => `process ${String(holders[i]?.pid)} ran ${percent(ran)} and waited ${percent(waited)}`,
      )
      return { ok, evidence: `${told.join(', ')} of the time (schedstat)` }
    },
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** `/proc/PID/schedstat`: time on a core, time waiting for one, both in ns (kernel: sched-stats). */
function timesOf({ pid }: Holder): { readonly ranMs: number; readonly waitedMs: number } | undefined {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ').map(Number)
    return ran === undefined || waited === undefined ? undefined : { ranMs: ran / 1e6, waitedMs: waited / 1e6 }
  } catch {
    return undefined
  }
}
