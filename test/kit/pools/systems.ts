import type { PoolVerdict } from '../../../src/model/pool-result.ts'
import type { SimulatedPoolRun } from './simulate.ts'
import { correctPool, patientPool } from './simulated-pool.ts'
import type { PoolTruth } from './simulated-pool.ts'

export interface PoolSystem extends Omit<SimulatedPoolRun, 'seed'> {
  readonly name: string
  readonly expected: PoolVerdict
  /** Connections at the limit, where one is found. */
  readonly limit?: number
}

const withoutLimit: PoolTruth = { ...correctPool, limit: Infinity, room: 37 }

/** Pools as people configure them, and each defect with its healthy twin. */
export const poolSystems: readonly PoolSystem[] = [
  { name: 'gives up a wait after 0.8 s', expected: 'OK', limit: 10, truth: correctPool },
  { name: 'refuses at once', expected: 'OK', limit: 10, truth: { ...correctPool, waitSec: 0.001 } },
  { name: 'gives up a wait after 4 s', expected: 'OK', limit: 10, truth: { ...correctPool, waitSec: 4 } },
  {
    name: 'a pool of 40, a busy one',
    expected: 'OK',
    limit: 40,
    perSec: 200,
    truth: { ...correctPool, limit: 40, holdSec: 0.15 },
  },
  { name: 'one connection', expected: 'OK', limit: 1, perSec: 20, truth: { ...correctPool, limit: 1, holdSec: 0.01 } },
  { name: '40 users who wait for answers', expected: 'OK', limit: 10, users: 40, truth: correctPool },
  { name: 'closes what a given up statement was on', expected: 'OK', limit: 10, truth: { ...correctPool, statementSec: 1.5 } },
  { name: 'waits for ever', expected: 'HANGS', limit: 10, truth: patientPool },
  { name: 'waits for ever, clients do not', expected: 'HANGS', limit: 10, clientSec: 3, truth: patientPool },
  { name: 'waits for ever, as its 40 users do', expected: 'HANGS', limit: 10, users: 40, clientSec: 60, truth: patientPool },
  {
    name: 'gives up a wait after 8 s, clients after 10 s',
    expected: 'SLOW_FAIL',
    limit: 10,
    truth: { ...correctPool, waitSec: 8 },
  },
  { name: 'no limit of its own', expected: 'NO_LIMIT', limit: 37, truth: withoutLimit },
  { name: 'a limit just below that of the database', expected: 'OK', limit: 36, truth: { ...correctPool, limit: 36, room: 37 } },
  {
    name: 'loses every connection of a given up statement',
    expected: 'LEAKS',
    limit: 10,
    truth: { ...correctPool, statementSec: 1.5, leaks: 1 },
  },
  { name: 'loses three in ten of them', expected: 'LEAKS', limit: 10, truth: { ...correctPool, statementSec: 3, leaks: 0.3 } },
  {
    ...{ name: 'leaves transactions open', expected: 'LEAKS', limit: 10 },
    truth: { ...correctPool, statementSec: 1.5, leaks: 1, staysOpen: true },
  },
  { name: 'slow for good once it was full', expected: 'NOT_RECOVERED', limit: 10, truth: { ...correctPool, slowAfter: 20 } },
  { name: 'fewer users than connections', expected: 'UNKNOWN', users: 5, clientSec: 60, truth: correctPool },
  { name: 'no request needs the database', expected: 'UNKNOWN', needs: 0, truth: correctPool },
]
