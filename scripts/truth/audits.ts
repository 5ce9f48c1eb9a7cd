import type { AuditFacts } from '../../src/analysis/index.ts'
import * as systems from '../../test/kit/simulated-audits.ts'
import type { SimulatedAudit } from '../../test/kit/simulated-audits.ts'
import type { TruthCase } from './row.ts'

type Simulate<Options> = (options: Options, seed: number) => SimulatedAudit

/** `exact`: the very number that is known to be true; else how far it is off. */
function counted<Options>(simulate: Simulate<Options>, options: Options, count: (facts: AuditFacts) => number) {
  return (seed: number): string => {
    const { facts, truth } = simulate(options, seed)
    const found = count(facts)
    return found !== truth ? `${String(found)} instead of ${String(truth)}` : truth === 0 ? 'none' : 'exact'
  }
}

const lost = ({ ids }: AuditFacts): number => ids.lost.count
const doubled = ({ ids }: AuditFacts): number => ids.duplicates.count + ids.phantoms.count
const stale = (facts: AuditFacts): number => facts.stale.count
const mixed = ({ echoes }: AuditFacts): number => echoes.broken
const torn = ({ payloads }: AuditFacts): number => payloads.broken

/** Lost updates: bounds hide what answers without an outcome may explain, so the number is a lower bound. */
const bank =
  (lock: boolean) =>
  (seed: number): string => {
    const { facts, truth } = systems.simulateBank({ lock }, seed)
    const found = facts.counters.reduce((sum, { verdict, changes }) => sum + (verdict === 'missing' ? changes : 0), 0)
    const wrong = facts.counters.some(({ verdict }) => verdict === 'excess' || verdict === 'outside')
    if (wrong || found > truth) return 'more than were lost'
    return found === 0 ? 'none' : 'lost updates'
  }

const transfers =
  (lock: boolean) =>
  (seed: number): string =>
    [...systems.simulateTransfers({ lock }, seed).facts.invariants.values()].some(({ broken }) => broken > 0) ? 'broken' : 'holds'

const rows: readonly (readonly [detector: string, system: string, expected: string, broken: boolean, say: TruthCase['say']])[] = [
  ['lost writes', 'write-behind cache, killed before its flush', 'exact', true, counted(systems.simulateWriteBehind, { through: false }, lost)],
  ['lost writes', 'the same, acknowledging after the flush', 'none', false, counted(systems.simulateWriteBehind, { through: true }, lost)],
  ['doubled effects', 'retries without an idempotency key', 'exact', true, counted(systems.simulateRetries, { key: false }, doubled)],
  ['doubled effects', 'retries with one', 'none', false, counted(systems.simulateRetries, { key: true }, doubled)],
  ['counter bounds', 'bank that reads, then writes; 2 % time-outs', 'lost updates', true, bank(false)],
  ['counter bounds', 'bank with a lock; 2 % time-outs', 'none', false, bank(true)],
  ['invariant', 'transfers that read, then write: sum of money', 'broken', true, transfers(false)],
  ['invariant', 'transfers with a lock', 'holds', false, transfers(true)],
  ['stale reads', 'copy that lags 200 ms', 'exact', true, counted(systems.simulateReplica, { lagSec: 0.2 }, stale)],
  ['stale reads', 'reads from where it was written', 'none', false, counted(systems.simulateReplica, { lagSec: 0 }, stale)],
  ['mixed answers', 'one in a hundred answers somebody else', 'exact', true, counted(systems.simulateAnswers, { share: 0.01 }, mixed)],
  ['mixed answers', 'each answers its own', 'none', false, counted(systems.simulateAnswers, { share: 0 }, mixed)],
  ['torn payloads', 'one in a hundred is cut', 'exact', true, counted(systems.simulateAnswers, { share: 0.01 }, torn)],
  ['torn payloads', 'all are whole', 'none', false, counted(systems.simulateAnswers, { share: 0 }, torn)],
] // prettier-ignore

export const auditCases: readonly TruthCase[] = rows.map(([detector, system, expected, isBroken, say]) => ({
  ...{ detector, system, expected, isBroken },
  say,
}))
