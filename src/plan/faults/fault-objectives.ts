import { listWords, nearest } from '../../base/check.ts'
import type { FaultSpec, NemesisSpec } from '../../model/fault-spec.ts'
import { readLinkMetric } from '../../model/link-metric.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import { leastPoolSec } from '../../model/pool-step.ts'
import type { Fields } from '../fields.ts'
import type { PlanPlaces } from './plan-places.ts'

/** What is judged of a fault, and nothing without one. */
const ofFaults: readonly string[] = ['recovery', 'impact', 'lostWork', 'metastable']
/** And of those what can only be seen while the load goes on without the fault. */
const ofTheTimeAfter: readonly string[] = ['recovery', 'metastable']
/** Of the load after the last fault: five good windows of a second. */
const leastAfterSec = 5

export interface FaultObjectiveOptions {
  readonly fields: Fields
  readonly key: 'objectives' | 'stopWhen'
  readonly list: readonly ObjectiveSpec[]
  /** The plan's list: what of it a test cannot answer is left out. */
  readonly inherited: readonly ObjectiveSpec[]
  /** And attacks, which the target has to come back from as well. */
  readonly faults: readonly Pick<FaultSpec, 'id' | 'atSec' | 'forSec'>[] | undefined
  readonly nemesis: NemesisSpec | undefined
  readonly durationSec: number
  readonly places: PlanPlaces
}

/** Objectives or stop conditions of a test, where those on faults, breakers and links name what the test has. */
export function faultObjectives(options: FaultObjectiveOptions): readonly ObjectiveSpec[] {
  const { fields, key, list, inherited } = options
  return list.filter((objective) => {
    const mistake = mistakeOf(objective, options)
    if (mistake === undefined) return true
    if (inherited.includes(objective) && mistake.isUnknown !== true) return false
    const problems = mistake.isUnfit === true ? (options.places.unfit ?? fields.problems) : fields.problems
    problems.addText(fields.at(key), mistake.expected, `\`${objective.text}\``, mistake.hint)
    return true
  })
}

interface Mistake {
  readonly expected: string
  readonly hint?: string
  /** The plan is right, but its target does not allow it. */
  readonly isUnfit?: true
  /** No test of this plan could answer it. */
  readonly isUnknown?: true
}

function mistakeOf({ metric: { name, selector } }: ObjectiveSpec, options: FaultObjectiveOptions): Mistake | undefined {
  const { faults, nemesis, durationSec, places } = options
  if (selector?.kind === 'link') {
    const mention = { metric: name, link: selector.name, spelt: (near: string) => `${name}(${near})`, isTarget: false }
    return linkMistake(places, mention) ?? (name === 'pool' ? poolMistake(selector.name, options) : undefined)
  }
  const ofLink = readLinkMetric(name)
  if (ofLink !== undefined) {
    const { link, metric } = ofLink
    return linkMistake(places, { metric: name, link, spelt: (near) => `link.${near}.${metric}`, isTarget: true })
  }
  if (!ofFaults.includes(name)) return undefined
  if (faults === undefined && nemesis === undefined) return { expected: `\`faults\` in this test for \`${name}\`` }
  const ids = (faults ?? []).map(({ id }) => id)
  // What a nemesis draws has its number only when the run begins.
  if (selector !== undefined && nemesis === undefined && !ids.includes(selector.name)) {
    const near = nearest(selector.name, ids)
    return {
      expected: `one of the faults ${listWords(ids)} for \`${name}\``,
      ...(near === undefined ? {} : { hint: `Did you mean \`${name}(${near})\`?` }),
    }
  }
  if (nemesis !== undefined || !ofTheTimeAfter.includes(name)) return undefined
  const lastSec = Math.max(...(faults ?? []).map(({ atSec, forSec }) => atSec + forSec))
  if (lastSec + leastAfterSec <= durationSec) return undefined
  return {
    expected: `a load that goes on for at least ${leastAfterSec} s after the last fault, which ends at ${lastSec} s of ${durationSec} s, for \`${name}\``,
    hint: 'Without it nobody sees how the service comes back. Make the load longer with `for`.',
  }
}

function poolMistake(link: string, { list, durationSec, places }: FaultObjectiveOptions): Mistake | undefined {
  const { protocol, database } = places.byName.get(link) ?? {}
  if (protocol !== 'postgres')
    return {
      expected: 'a PostgreSQL service or dependency for `pool`: only of its protocol the proxy knows when a connection is in use',
    }
  if (typeof database === 'string') return { expected: `a database that may be asked for \`pool\`: ${database}`, isUnfit: true }
  // Tests of one load share its time, one after the other.
  const driven = list.filter(({ metric }) => metric.name === 'pool' || metric.name === 'breaker' || metric.name === 'limiter')
  const tests = new Set(driven.map(({ metric }) => `${metric.name} ${metric.selector?.name ?? ''}`)).size
  if (durationSec >= tests * leastPoolSec) return undefined
  const shared = tests === 1 ? '' : ` for each of the ${tests} tests that share it`
  return {
    expected: `a load of at least ${leastPoolSec} s${shared} for \`pool\`, where it is ${durationSec} s long`,
    hint: 'A pool is filled, released and filled again, each with seconds to be looked at: a minute or more is comfortable. Make the load longer with `for`.',
  }
}

interface LinkMention {
  readonly metric: string
  readonly link: string
  /** How it is written with another link. */
  readonly spelt: (link: string) => string
  /** The link from the users to the target may be meant. */
  readonly isTarget: boolean
}

function linkMistake({ byName }: PlanPlaces, { metric, link, spelt, isTarget }: LinkMention): Mistake | undefined {
  const names = [...byName.keys()].filter((name) => isTarget || name !== 'target')
  const place = names.includes(link) ? byName.get(link) : undefined
  if (place === undefined) {
    const near = nearest(link, names)
    return {
      isUnknown: true,
      expected:
        names.length === 0
          ? `a service or dependency in the plan for \`${metric}\``
          : `one of ${listWords(names)} for \`${metric}\``,
      ...(near === undefined ? {} : { hint: `Did you mean \`${spelt(near)}\`?` }),
    }
  }
  if (place.noLink === undefined && place.protocol !== undefined) return undefined
  return {
    expected: `a link that our proxy can stand in for \`${metric}\`: ${place.noLink ?? 'it has no address'}`,
    isUnfit: true,
  }
}
