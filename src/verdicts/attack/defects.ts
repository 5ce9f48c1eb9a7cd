import type { AttackResult } from '../../model/attack-result.ts'
import type { AttackKind } from '../../model/attack-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import { digits } from '../format-value.ts'

/** What an attack has shown to be wrong. */
export interface AttackDefect {
  readonly id:
    | 'no-block'
    | 'attack-denies-service'
    | 'legitimate-blocked'
    | 'slow-client-unbounded'
    | 'user-enumeration'
    | 'audit-incomplete'
  readonly evidence: string
}

const guesses: readonly AttackKind[] = ['bruteForce', 'passwordSpraying', 'credentialStuffing']
const slowClients: readonly AttackKind[] = ['slowHeaders', 'slowBody']

/** Ours: with fewer tries a source, no sensible limit is reached. */
export const leastTries = 20
/** Ours: blocking must reach most of the sources that have tried that often. */
const mostSources = 0.5
/** Ours: single users may be unlucky; one in a thousand, and more than two, are a pattern. */
const mistakes = { share: 0.001, count: 3 }
/** Ours, where no objective says it: the default time-out for a request's head of several servers (Node.js, nginx). */
export const patienceSec = 60

type Judged = Omit<AttackResult, 'verdict' | 'reason'>

/** The gravest first. */
export function defectsOf(result: Judged, objectives: readonly ObjectiveSpec[]): readonly AttackDefect[] {
  return [
    denies(result),
    noBlock(result),
    mistaken(result),
    unbounded(result, objectives),
    enumerable(result),
    unnoted(result),
  ].flatMap((defect) => defect ?? [])
}

function denies({ denied, legitimate }: Judged): AttackDefect | undefined {
  if (denied !== true) return undefined
  const { goodput } = legitimate
  const kept =
    goodput === null
      ? ''
      : `: ${digits(goodput.share * 100)} % of the goodput was kept, ${digits(goodput.worst * 100)} % in the worst three seconds`
  return { id: 'attack-denies-service', evidence: `Legitimate users were denied service${kept}.` }
}

function noBlock({ kind, block, tries, sources }: Judged): AttackDefect | undefined {
  if (!guesses.includes(kind) || block === null) return undefined
  const each = (tries.passed + tries.blocked) / sources
  if (each < leastTries || block.share >= mostSources) return undefined
  return {
    id: 'no-block',
    evidence: `${block.sources} of ${sources} sources were ever blocked, after ${digits(each)} answered tries each; ${tries.passed} tries were served.`,
  }
}

function mistaken({ legitimate: { blocked, blockedShare } }: Judged): AttackDefect | undefined {
  if (blockedShare === null || blockedShare <= mistakes.share || blocked < mistakes.count) return undefined
  return {
    id: 'legitimate-blocked',
    evidence: `${blocked} requests of legitimate users were blocked meanwhile, ${digits(blockedShare * 100)} % more than before.`,
  }
}

function unbounded({ kind, id, connections }: Judged, objectives: readonly ObjectiveSpec[]): AttackDefect | undefined {
  if (!slowClients.includes(kind) || connections === null || !connections.isBound) return undefined
  const limits = objectives.flatMap(({ metric: { name, selector }, op, value }) =>
    name === 'connectionHeld' && (selector === undefined || selector.name === id) && op.startsWith('<') ? [value] : [],
  )
  const most = Math.min(patienceSec, ...limits)
  if (connections.heldSec < most) return undefined
  return {
    id: 'slow-client-unbounded',
    evidence: `Connections of a client that never comes to the end of its request are held for more than ${digits(connections.heldSec)} s.`,
  }
}

function enumerable({ enumeration }: Judged): AttackDefect | undefined {
  return enumeration?.verdict === 'yes' ? { id: 'user-enumeration', evidence: enumeration.reason } : undefined
}

function unnoted({ audit }: Judged): AttackDefect | undefined {
  return audit?.verdict === 'FAIL' ? { id: 'audit-incomplete', evidence: audit.reason } : undefined
}
