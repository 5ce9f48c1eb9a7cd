import { messageOf } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import type { FaultPlaces, UndoLog } from '../faults/index.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { driveBreakerTest } from './breaker-test.ts'
import type { Drive, DrivenTest } from './drive.ts'
import { driveLimiterTest } from './limiter-test.ts'
import { drivePoolTest } from './pool-test.ts'
import type { Session } from './session.ts'

/** The link is counted in tenths of a second. */
const lookMs = 100

/** By the metric of the objective that asks for it. */
const kinds: Readonly<Record<string, { readonly title: string; readonly drive: (drive: Drive) => DrivenTest }>> = {
  breaker: { title: 'a circuit breaker', drive: driveBreakerTest },
  pool: { title: 'a connection pool', drive: drivePoolTest },
  limiter: { title: 'a rate limiter', drive: driveLimiterTest },
}

export interface DrivenTests {
  /** Takes away what is still there; answers when nothing of it is left. */
  end(): Promise<void>
}

export interface DrivenTestsOptions {
  readonly test: TestSpec
  /** Start of the load on the run clock. */
  readonly startSec: number
  readonly session: Session
  readonly undo: UndoLog
  readonly places: FaultPlaces
  readonly limiterValues: Drive['limiterValues']
}

/** Tests beside the load what the objectives ask for: circuit breakers, connection pools, rate limiters. One after the other: each would see the other's faults. */
export function startDrivenTests({ test, startSec, session, undo, places, limiterValues }: DrivenTestsOptions): DrivenTests {
  const asked = askedFor(test)
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, session.signal])
  const eachSec = (test.durationSec - test.warmupSec) / Math.max(1, asked.length)
  const done = (async () => {
    for (const [i, { kind, link }] of asked.entries()) {
      const fromSec = test.warmupSec + i * eachSec
      try {
        await run(kind, { link, fromSec, toSec: fromSec + eachSec })
      } catch (thrown) {
        const text = `the test of ${kinds[kind]?.title ?? kind} broke off: ${messageOf(thrown)}`
        session.emit({ kind: 'log', test: test.name, level: 'error', text })
      }
    }
  })()

  async function run(kind: string, time: Pick<Drive, 'link' | 'fromSec' | 'toSec'>): Promise<void> {
    const now = (): number => session.clock.now() - startSec
    await pause((time.fromSec - now()) * 1000, signal)
    const record = session.data.test(test.name)
    if (signal.aborted || record === undefined) return
    const { plan, seed } = session.data.header
    const driven = kinds[kind]?.drive({
      test,
      record,
      plan,
      seed,
      session,
      undo,
      places,
      limiterValues,
      startSec,
      signal,
      ...time,
    })
    if (driven === undefined) return
    const isOver = (): boolean => signal.aborted || now() >= time.toSec
    try {
      while (!isOver() && (await driven.next(now()))) await pause(lookMs, signal)
    } finally {
      await driven.clear()
    }
  }

  return {
    async end() {
      over.abort()
      await done
    },
  }
}

/** Each once, whatever its objectives say of it. */
function askedFor({ objectives }: TestSpec): readonly { readonly kind: string; readonly link: string }[] {
  const named = objectives.flatMap(({ metric: { name, selector } }) =>
    (selector?.kind === 'link' || selector?.kind === 'limiter') && Object.hasOwn(kinds, name)
      ? [{ kind: name, link: selector.name }]
      : [],
  )
  return named.filter((one, i) => named.findIndex(({ kind, link }) => kind === one.kind && link === one.link) === i)
}
