import type { AttackCourse } from '../../analysis/index.ts'
import type { AttackConnections } from '../../model/attack-result.ts'
import type { AttackSpec } from '../../model/attack-spec.ts'

/** Ours: of the connections that were wanted, fewer were let in. */
const hardlyAny = 0.1

/** What the target did with the connections that an attack wanted to hold. */
export function connectionsOf(
  { connections, attack }: AttackSpec,
  { opened, ended, held, mostOpen, lastOldestSec, sent, blocked, dropped }: AttackCourse,
): AttackConnections | null {
  if (connections === 0 || attack.kind === 'httpFlood' || sent === 0) return null
  // One that nobody ended would have been held for longer than was watched.
  const isBound = lastOldestSec > (held?.maxSec ?? 0)
  const heldSec = Math.max(held?.maxSec ?? 0, lastOldestSec)
  const turnedAway = blocked + dropped
  const outcome = turnedAway > 0 && opened - turnedAway < hardlyAny * connections ? 'refused' : isBound ? 'kept' : 'closed'
  return { opened, ended, held, mostOpen, outcome, heldSec, isBound }
}
