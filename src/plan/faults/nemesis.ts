import type { Path } from '../../base/check.ts'
import { isRecord } from '../../base/check.ts'
import { seededRandom } from '../../base/random.ts'
import type { FaultSpec, NemesisSpec } from '../../model/fault-spec.ts'
import type { TestSpec } from '../../model/plan-spec.ts'
import { Fields } from '../fields.ts'
import { reachKeys } from './resolve-reach.ts'
import type { FaultContext } from './resolve-faults.ts'
import { numbered, resolveFault } from './resolve-faults.ts'

const example = "a nemesis such as `{ every: '2m', for: '10s', faults: [fault.down('db')] }`"

/** `nemesis` of a test or of the plan; undefined when absent. What is wrong is reported. */
export function resolveNemesis(path: Path, value: unknown, context: FaultContext): NemesisSpec | undefined {
  if (value === undefined) return undefined
  const { problems, durationSec } = context
  if (!isRecord(value)) {
    problems.add(path, example, value)
    return undefined
  }
  const fields = new Fields(problems, path, value, ['from', 'every', 'for', 'faults'])
  const everyMs = fields.durationMs('every')
  const forMs = fields.durationMs('for')
  const fromMs = fields.durationMs('from', 'zero') ?? everyMs
  if (!fields.has('every')) fields.wrong('every', "how often a fault begins, such as '2m'")
  if (!fields.has('for')) fields.wrong('for', "how long each stays, such as '10s'")
  const list = fields.raw('faults')
  if (!Array.isArray(list) || list.length === 0) fields.wrong('faults', `a list of faults as in ${example}`)
  const faults = (Array.isArray(list) ? list : []).flatMap((entry: unknown, i) => {
    const at = [...fields.at('faults'), i]
    const isBare = isRecord(entry) && entry['kind'] === 'fault'
    const item = isBare ? { fault: entry } : entry
    if (!isRecord(item)) {
      problems.add(at, "a fault such as `fault.down('db')`, or `{ fault, percent }`", entry)
      return []
    }
    const read = resolveFault(new Fields(problems, at, item, ['fault', ...reachKeys]), context)
    return read === undefined ? [] : [read.what]
  })
  if (everyMs === undefined || forMs === undefined || fromMs === undefined) return undefined
  if (forMs > everyMs) fields.wrong('for', 'no longer than `every`: one fault at a time')
  if ((fromMs + forMs) / 1000 > durationSec)
    problems.addText(
      fields.path,
      `a first fault within the load, which lasts ${durationSec} s`,
      `an end at ${(fromMs + forMs) / 1000} s`,
    )
  return { fromSec: fromMs / 1000, everySec: everyMs / 1000, forSec: forMs / 1000, faults }
}

/** The stream of the run's seed that a nemesis draws from. */
const nemesisStream = 0x6e656d

/** A test with the faults that its nemesis draws: the same seed draws the same. */
export function withNemesis(test: TestSpec, seed: number): TestSpec {
  const { nemesis, faults = [], durationSec } = test
  if (nemesis === undefined || nemesis.faults.length === 0) return test
  const { fromSec, everySec, forSec } = nemesis
  const random = seededRandom(seed, nemesisStream)
  const drawn: FaultSpec[] = []
  for (let i = 0; ; i++) {
    const atSec = fromSec + i * everySec
    if (atSec + forSec > durationSec) break
    const fault = nemesis.faults[Math.floor(random.next() * nemesis.faults.length)]
    if (fault !== undefined) drawn.push({ ...fault, atSec, forSec })
  }
  return { ...test, faults: numbered([...faults, ...drawn]) }
}
