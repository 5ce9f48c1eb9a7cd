import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../base/errors.ts'
import { BreakerView, createBreakerTest, stepOf } from '../analysis/index.ts'
import type { BreakerMove } from '../analysis/index.ts'
import type { FaultLink, FaultPlaces } from '../faults/index.ts'
import type { LinkProtocol } from '../model/link-fault.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { Session } from './session.ts'

/** The link is counted in tenths of a second. */
const lookMs = 100
/** What the test did not take away is gone so long after the load. */
const spareSec = 20

export interface BreakerTests {
  /** Takes away what still lies on the links; answers when nothing of it is left. */
  end(): Promise<void>
}

export interface BreakerTestsOptions {
  readonly test: TestSpec
  /** Start of the load on the run clock. */
  readonly startSec: number
  readonly session: Session
  readonly places: FaultPlaces
}

/** Tests the circuit breaker in front of each dependency that the objectives name, beside the load. One after the other: each would see the other's faults. */
export function startBreakerTests({ test, startSec, session, places }: BreakerTestsOptions): BreakerTests {
  const links = breakerLinks(test)
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, session.signal])
  const eachSec = (test.durationSec - test.warmupSec) / Math.max(1, links.length)
  const run = async (): Promise<void> => {
    for (const [i, link] of links.entries()) {
      const fromSec = test.warmupSec + i * eachSec
      await testBreaker({ test, link, fromSec, toSec: fromSec + eachSec, startSec, session, places, signal })
    }
  }
  const done = run().catch((thrown: unknown) => {
    const text = `the test of a circuit breaker broke off: ${messageOf(thrown)}`
    session.emit({ kind: 'log', test: test.name, level: 'error', text })
  })
  return {
    async end() {
      over.abort()
      await done
    },
  }
}

/** Dependencies whose circuit breaker the objectives of a test name. */
function breakerLinks({ objectives }: TestSpec): readonly string[] {
  const named = objectives.flatMap(({ metric: { name, selector } }) => (name === 'breaker' && selector ? [selector.name] : []))
  return [...new Set(named)]
}

interface Stage {
  readonly test: TestSpec
  readonly link: string
  readonly fromSec: number
  readonly toSec: number
  readonly startSec: number
  readonly session: Session
  readonly places: FaultPlaces
  readonly signal: AbortSignal
}

async function testBreaker({ test, link, fromSec, toSec, startSec, session, places, signal }: Stage): Promise<void> {
  const pause = (ms: number): Promise<void> => sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined)
  const now = (): number => session.clock.now() - startSec
  await pause((fromSec - now()) * 1000)
  const record = session.data.test(test.name)
  if (signal.aborted || record === undefined) return
  const { header } = session.data
  const toxics = layer(places.link(link), { seed: header.seed, lifeSec: toSec - fromSec + spareSec })
  const view = new BreakerView(record, link)
  const machine = createBreakerTest({ link, protocol: protocolOf(link, header.plan), fromSec, toSec, view })
  const isOver = (): boolean => signal.aborted || now() >= toSec
  try {
    for (let moves = machine.next(now()); moves !== undefined && !isOver(); moves = machine.next(now())) {
      for (const move of moves) {
        await toxics.make(move)
        session.emit({ kind: 'breaker-step', test: test.name, ...stepOf(move, link) })
      }
      await pause(lookMs)
    }
  } finally {
    await toxics.clear()
  }
}

interface Layer {
  make(move: BreakerMove): Promise<void>
  clear(): Promise<void>
}

/** Lays the toxics of a test on its link, and knows which of them are still there. */
function layer(link: FaultLink, { seed, lifeSec }: { readonly seed: number; readonly lifeSec: number }): Layer {
  const laid = new Map<string, string>()
  let count = 0
  return {
    async make(move) {
      if (move.kind !== 'lay' && move.kind !== 'lift') return
      const { stage, action, share, first } = move
      const key = `${stage} ${action.kind}`
      if (move.kind === 'lift') {
        const id = laid.get(key)
        if (id === undefined) return
        await link.remove(id)
        laid.delete(key)
        return
      }
      count++
      const id = `breaker ${String(count)}: ${key}`
      const scope = share === undefined ? (first === undefined ? undefined : { first }) : { share }
      // Known before it is there: what is half laid is taken away as well.
      laid.set(key, id)
      await link.add({ id, action, ...(scope === undefined ? {} : { scope }), seed: seed + count, lifeMs: lifeSec * 1000 })
    },
    async clear() {
      for (const id of laid.values()) await link.remove(id)
      laid.clear()
    },
  }
}

function protocolOf(link: string, { dependencies = {}, services }: PlanSpec): LinkProtocol {
  const service = services[link]
  if (service !== undefined) return service.kind === 'postgres' ? 'postgres' : service.protocol
  return dependencies[link]?.protocol ?? 'tcp'
}
