import { BreakerView, createBreakerTest, stepOf } from '../analysis/index.ts'
import type { BreakerMove } from '../analysis/index.ts'
import type { Drive, DrivenTest } from './drive.ts'
import type { LaidToxics } from './laid-toxics.ts'
import { layOn } from './laid-toxics.ts'
import { linkProtocol } from './links.ts'

/** Tests the circuit breaker in front of a dependency. */
export function driveBreakerTest({ test, record, plan, seed, link, fromSec, toSec, session, places }: Drive): DrivenTest {
  const toxics = layOn(places.link(link), { title: 'breaker', seed, lengthSec: toSec - fromSec })
  const view = new BreakerView(record, link)
  const machine = createBreakerTest({ link, protocol: linkProtocol(link, plan), fromSec, toSec, view })
  return {
    async next(nowSec) {
      const moves = machine.next(nowSec)
      for (const move of moves ?? []) {
        await make(move, toxics)
        session.emit({ kind: 'breaker-step', test: test.name, ...stepOf(move, link) })
      }
      return moves !== undefined
    },
    clear: () => toxics.clear(),
  }
}

async function make(move: BreakerMove, toxics: LaidToxics): Promise<void> {
  if (move.kind !== 'lay' && move.kind !== 'lift') return
  const { stage, action, share, first } = move
  const key = `${stage} ${action.kind}`
  if (move.kind === 'lift') await toxics.lift(key)
  else await toxics.lay(key, action, share === undefined ? (first === undefined ? undefined : { first }) : { share })
}
