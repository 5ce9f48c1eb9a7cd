import { messageOf } from '../base/errors.ts'
import { createPoolTest, poolStepOf, PoolView } from '../analysis/index.ts'
import type { PoolMove } from '../analysis/index.ts'
import type { ActiveFault } from '../faults/index.ts'
import { databaseRoom, faultOf } from '../faults/index.ts'
import type { PoolStep } from '../model/pool-step.ts'
import type { Drive, DrivenTest } from './drive.ts'
import { layOn } from './laid-toxics.ts'

/** What our sessions hold of the database ends by itself so long after the test. */
const spareSec = 20

/** Tests the target's pool of connections to a database. */
export function drivePoolTest(drive: Drive): DrivenTest {
  const { test, record, plan, seed, link, fromSec, toSec, session, places, undo } = drive
  const toxics = layOn(places.link(link), { title: 'pool', seed, lengthSec: toSec - fromSec })
  const clientTimeoutSec = Math.min(plan.http.firstByteTimeoutMs, plan.http.timeoutMs) / 1000
  const machine = createPoolTest({ link, fromSec, toSec, clientTimeoutSec, view: new PoolView(record, link) })
  let taken: ActiveFault | undefined

  async function make(move: PoolMove): Promise<PoolStep> {
    const { stage } = move
    const at = { link, stage }
    switch (move.kind) {
      case 'ask':
        return { ...at, step: 'asked', room: await databaseRoom(places.database(link)) }
      case 'take': {
        const action = { kind: 'exhaust-connections', on: link, leave: 0 } as const
        const fault = faultOf({ id: 'pool', atSec: 0, forSec: 0, fault: action }, { places, seed })
        taken = await fault.inject({ undo, lifeSec: toSec - fromSec + spareSec })
        return { ...at, step: 'taken', ...(await taken.verify()) }
      }
      case 'give-back': {
        const proof = (await taken?.revert()) ?? { ok: false, evidence: 'nothing was taken' }
        return { ...at, step: 'given-back', ...proof }
      }
      case 'hold': {
        const { connections } = move
        const action = { kind: 'exhaust-pool', on: link, ...(connections === undefined ? {} : { connections }) } as const
        await toxics.lay(stage, action)
        break
      }
      case 'release':
        await toxics.lift(stage)
        break
      default:
    }
    return poolStepOf(move, link)
  }

  return {
    async next(nowSec) {
      const moves = machine.next(nowSec)
      for (const move of moves ?? []) {
        // A database that does not answer us is no reason to break off: what is asked of it is left open.
        const step = await make(move).catch((thrown: unknown): PoolStep => {
          if (move.kind !== 'ask' && move.kind !== 'take' && move.kind !== 'give-back') throw thrown
          return { link, stage: move.stage, step: 'failed', why: messageOf(thrown) }
        })
        session.emit({ kind: 'pool-step', test: test.name, ...step })
      }
      return moves !== undefined
    },
    async clear() {
      await toxics.clear()
      await taken?.revert()
    },
  }
}
