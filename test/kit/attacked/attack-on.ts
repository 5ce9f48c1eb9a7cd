import { once } from 'node:events'
import type { Server } from 'node:net'
import { Attackers } from '../../../src/attacks/attackers.ts'
import type { AttackCourse } from '../../../src/analysis/index.ts'
import { attackCourse } from '../../../src/analysis/index.ts'
import { AttackLog } from '../../../src/analysis/attack/attack-log.ts'
import type { AttackAction, AttackSpec } from '../../../src/model/attack-spec.ts'
import { sourceAddresses } from '../../../src/plan/attacks/index.ts'
import { until } from '../until.ts'

export const form = { type: 'json', userField: 'user', passwordField: 'password' } as const

/** An attack as a plan would have it, on a port of this machine. */
export function attackSpec(attack: AttackAction, given: Partial<AttackSpec> = {}): AttackSpec {
  return {
    ...{ id: attack.kind, atSec: 0, forSec: 10, attack, hasAuditCount: false },
    target: { host: '127.0.0.1', port: 0, tls: false, owned: false },
    ...{ sources: sourceAddresses(0, 2), perSec: 100, connections: 0, blocked: ['403', '429', 'closed'] },
    caps: { perSec: 1000, sockets: 500, bytes: 1e8, seconds: 60 },
    ...given,
  }
}

export interface AttackSeen {
  readonly course: AttackCourse
  /** Connections that were open when it was ended, and those that the server has a moment later. */
  readonly closed: number
  readonly left: number
}

/** Attacks a server in this thread until enough of it was seen, and tells what became of it. */
export async function attackOn(
  server: Server,
  spec: AttackSpec,
  isEnough: (course: AttackCourse) => boolean,
): Promise<AttackSeen> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const log = new AttackLog()
  const attackers = new Attackers({
    nowSec: () => performance.now() / 1000,
    onWindows: (windows) => {
      for (const window of windows) log.add(window)
    },
  })
  // The first second is over soon: a test need not wait for the whole of it.
  const startSec = performance.now() / 1000 - 0.6
  const course = (): AttackCourse => attackCourse(log.points(spec.id, startSec))
  const start = { spec: { ...spec, target: { ...spec.target, port } }, test: 'test', startSec, address: '127.0.0.1' }
  attackers.answer({ type: 'start', ...start })
  await until(() => isEnough(course()), 15_000)
  const closed = attackers.answer({ type: 'end', id: spec.id })
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      server.getConnections((error, count) => {
        if (error) reject(error)
        else resolve(count)
      })
    })
  await until(async () => (await connections()) === 0, 5000)
  const left = await connections()
  server.close()
  return { course: course(), closed, left }
}
