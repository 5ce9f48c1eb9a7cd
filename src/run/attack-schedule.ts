import { lookup } from 'node:dns/promises'
import { setMaxListeners } from 'node:events'
import { isIP } from 'node:net'
import { messageOf } from '../base/errors.ts'
import { pause } from '../base/pause.ts'
import { formatRate } from '../base/rate.ts'
import { attackDenied } from '../analysis/index.ts'
import type { AttackThread } from '../attacks/index.ts'
import { startAttackers } from '../attacks/index.ts'
import type { AttackSpec } from '../model/attack-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { AttackEnd } from '../model/run-event.ts'
import { isNear } from '../plan/index.ts'
import type { Session } from './session.ts'

/** Between two looks whether a search has found what it looks for. */
const lookMs = 500

export interface AttackSchedule {
  /** Ends what still runs; answers when every connection of it is closed. */
  end(): Promise<void>
}

export interface AttackScheduleOptions {
  readonly test: TestSpec
  /** Start of the load on the run clock. */
  readonly startSec: number
  readonly session: Session
  /** Entries of the target's own log of failed log-ins. */
  readonly auditCount: (id: string) => Promise<number>
}

/** Makes the attacks of a test at their times, and ends them: at their end, or as soon as the run is to end. */
export function startAttacks({ test, startSec, session, auditCount }: AttackScheduleOptions): AttackSchedule {
  const { attacks = [] } = test
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, session.signal])
  // Each attack waits for its time by it.
  setMaxListeners(attacks.length + 10, signal)
  let thread: Promise<AttackThread> | undefined
  const running = (): Promise<AttackThread> =>
    (thread ??= startAttackers({ runStartNs: session.clock.startNs, onWindows: (windows) => session.write(windows) }))
  // Its start takes a moment, in which no attack is late.
  if (attacks.length > 0) running().catch(() => undefined)
  const all = attacks.map((spec) => runAttack(spec, { test: test.name, startSec, session, signal, running, auditCount }))
  return {
    async end() {
      over.abort()
      await Promise.all(all)
      await (await thread?.catch(() => undefined))?.close()
    },
  }
}

interface ScheduleContext {
  readonly test: string
  readonly startSec: number
  readonly session: Session
  readonly signal: AbortSignal
  readonly running: () => Promise<AttackThread>
  readonly auditCount: AttackScheduleOptions['auditCount']
}

async function runAttack(spec: AttackSpec, context: ScheduleContext): Promise<void> {
  const { session, signal, startSec, test, running } = context
  const { id, attack, atSec, forSec } = spec
  const waitUntil = (sec: number): Promise<void> => pause((startSec + sec - session.clock.now()) * 1000, signal)
  const isOver = (): boolean => signal.aborted
  await waitUntil(atSec)
  if (isOver()) return
  const audit = spec.hasAuditCount ? await countBefore(id, context) : undefined
  if (isOver()) return
  const began = { kind: 'attack-started', test, id, attack: attack.kind } as const
  let thread: AttackThread
  try {
    const address = await allowedAddress(spec)
    thread = await running()
    // Told before it begins.
    session.emit({ ...began, ok: true, evidence: describeAttack(spec) })
    await thread.start({ spec, test, startSec, address })
  } catch (thrown) {
    session.emit({ ...began, ok: false, evidence: messageOf(thrown) })
    return
  }
  let why: AttackEnd = 'completed'
  if (spec.search === undefined) await waitUntil(atSec + forSec)
  else why = (await climb(spec, thread, context)) ? 'denied' : 'completed'
  // A thread that has died has closed its connections with it.
  const closed = await thread.end(id).catch(() => 0)
  session.emit({ kind: 'attack-ended', test, id, closed, why: session.signal.aborted ? 'interrupted' : why })
  await audit?.after()
}

/** Between the end of an attack and the count of what it left in the audit log: a log may be written in groups. */
const noteMs = 1500

/** Counts the target's audit log now, and again when the attack is over. */
async function countBefore(id: string, { auditCount, session, test }: ScheduleContext): Promise<{ after(): Promise<void> }> {
  const errors: string[] = []
  const count = async (): Promise<number | null> => {
    try {
      return await auditCount(id)
    } catch (thrown) {
      errors.push(messageOf(thrown))
      return null
    }
  }
  const before = await count()
  return {
    async after() {
      await pause(noteMs, session.signal)
      const after = await count()
      const [error] = errors
      session.emit({ kind: 'attack-counted', test, id, before, after, ...(error === undefined ? {} : { error }) })
    },
  }
}

/** Step by step, until service is denied: true; or the steps are over. */
async function climb(
  spec: AttackSpec,
  thread: AttackThread,
  { session, signal, startSec, test }: ScheduleContext,
): Promise<boolean> {
  const { id, atSec } = spec
  const { eachSec, rates } = spec.search ?? { eachSec: 0, rates: [] }
  const isOver = (): boolean => signal.aborted
  for (const [i, perSec] of rates.entries()) {
    if (isOver()) return false
    session.emit({ kind: 'attack-step', test, id, perSec })
    await thread.rate(id, perSec)
    while (!isOver() && session.clock.now() < startSec + atSec + (i + 1) * eachSec) {
      await pause(lookMs, signal)
      const record = session.data.test(test)
      if (record !== undefined && attackDenied(record, id)) return true
    }
  }
  return false
}

/**
 * The address that is attacked, looked up now: a name that leads to a public address is refused however near it sounds.
 * @throws when it is neither near nor owned
 */
async function allowedAddress({ target: { host, owned } }: AttackSpec): Promise<string> {
  const address = isIP(host) === 0 ? (await lookup(host)).address : host
  if (owned || isNear(address)) return address
  throw new Error(`${host} leads to ${address}, which is not on this machine or in a private network, and not in \`iOwn\``)
}

/** What is going to be done to whom, with its caps. */
export function describeAttack({ attack, target, perSec, connections, sources, forSec, search, caps }: AttackSpec): string {
  const rate = search === undefined ? formatRate(perSec) : `${search.rates.map(formatRate).join(', ')} in turn`
  const from = sources.length === 0 ? 'one address' : `${sources.length} addresses (${sources[0] ?? ''} …)`
  const held = connections > 0 ? `, up to ${connections} connections` : ''
  const most = `at most ${formatRate(caps.perSec)}, ${caps.sockets} sockets, ${Math.round(caps.bytes / 1e6)} MB, ${caps.seconds} s`
  return `${attack.kind} on ${target.host}:${target.port} for ${forSec} s from ${from}, ${rate}${held}; ${most}`
}
