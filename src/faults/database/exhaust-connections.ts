import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/errors.ts'
import type { ActiveFault, FaultContext, Proof } from '../fault.ts'
import type { FaultDatabase } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { lookForRoom } from './room.ts'
import type { Session } from './session.ts'
import { codeOf, openSession } from './session.ts'

/** PostgreSQL's `too_many_connections`. */
const tooMany = '53300'
/** Connections that the target gives back are taken as well. */
const lookAgainMs = 200
/** How long the server may take to notice that connections are gone. */
const goneMs = 3000
/** Each is a process of the server with some megabytes of its own. */
const most = 2000

/** Opens connections until only `leave` are left to ordinary users, and takes those that become free meanwhile. */
export async function exhaustConnections(
  database: FaultDatabase,
  leave: number,
  { lifeSec }: FaultContext,
): Promise<ActiveFault> {
  const first = await openSession(database, { lifeSec })
  const held = new Set<Session>([first])
  let isOver = false
  let trouble = ''
  const fill = async (): Promise<void> => {
    const asker = [...held].find((session) => session.lost() === '')
    for (const session of held) if (session.lost() !== '') held.delete(session)
    if (asker === undefined) {
      held.add(await openSession(database, { lifeSec }))
      return
    }
    const { max, reserved, used } = await lookForRoom(asker)
    const wanted = Math.min(max - reserved - leave - used, most - held.size)
    for (let i = 0; i < wanted && !isOver; i++) held.add(await openSession(database, { lifeSec }))
  }
  const attempt = (): Promise<void> =>
    fill().then(
      () => void (trouble = ''),
      (thrown: unknown) => {
        // It is full, which is what was wanted.
        trouble = codeOf(thrown) === tooMany ? '' : messageOf(thrown)
      },
    )
  await attempt()
  let filling = Promise.resolve()
  const timer = setInterval(() => void (filling = filling.then(() => (isOver ? undefined : attempt()))), lookAgainMs)
  const undoIt = async (): Promise<Proof> => {
    isOver = true
    clearInterval(timer)
    await filling
    const pids = [...held].map(({ pid }) => pid)
    await Promise.all([...held].map((session) => session.end()))
    held.clear()
    return gone(database, pids)
  }
  const { revert } = undoOnce(undoIt, lifeSec)
  timer.unref()
  return {
    async verify() {
      const asker = [...held].find((session) => session.lost() === '')
      if (asker === undefined || isOver) return { ok: false, evidence: trouble === '' ? 'it holds no connection' : trouble }
      const room = await lookForRoom(asker)
      const free = room.max - room.reserved - room.used
      const taken = `${room.used} of ${room.max} connections are taken, ${room.ours} by this fault, ${room.reserved} are reserved: ${Math.max(0, free)} are left to ordinary users (pg_stat_activity)`
      if (free > leave) return { ok: false, evidence: trouble === '' ? taken : `${taken}; ${trouble}` }
      if (leave > 0) return { ok: true, evidence: taken }
      // A superuser may take what is reserved, so that its own attempt says nothing about an ordinary user.
      if (room.isSuperuser && room.reserved > 0) return { ok: true, evidence: taken }
      const refusal = await refused(database)
      return {
        ok: refusal === tooMany,
        evidence: `${taken}; one more is ${refusal === '' ? 'accepted' : `refused with ${refusal}`}`,
      }
    },
    revert,
  }
}

/** The server notices a moment after the end of each connection. */
async function gone(database: FaultDatabase, pids: readonly number[]): Promise<Proof> {
  const closed = `its ${pids.length} connections are closed`
  const deadline = performance.now() + goneMs
  for (;;) {
    try {
      const session = await openSession(database, { lifeSec: 5 })
      const [row] = await session.ask('SELECT count(*)::int AS left FROM pg_stat_activity WHERE pid = ANY($1)', [pids])
      await session.end()
      const left = Number(row?.['left'])
      if (left === 0) return { ok: true, evidence: `${closed} (pg_stat_activity)` }
      if (performance.now() > deadline) return { ok: false, evidence: `${closed}, and the server still has ${left} of them` }
    } catch (thrown) {
      // Somebody else has taken them, or the server is away: ours are gone with their sockets.
      if (performance.now() > deadline)
        return { ok: true, evidence: `${closed}; the server cannot be asked: ${messageOf(thrown)}` }
    }
    await sleep(lookAgainMs)
  }
}

async function refused(database: FaultDatabase): Promise<string> {
  try {
    const session = await openSession(database, { lifeSec: 1 })
    await session.end()
    return ''
  } catch (thrown) {
    return codeOf(thrown) || messageOf(thrown)
  }
}
