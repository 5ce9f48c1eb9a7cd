import { messageOf } from '../../base/errors.ts'
import type { FaultSpec } from '../../model/fault-spec.ts'
import type { ToxicAction } from '../../model/link-fault.ts'
import type { ActiveFault, Availability, Fault, Proof } from '../fault.ts'
import type { FaultLink } from '../places.ts'
import { undoOnce } from '../undo-once.ts'
import { proofOf, restored } from './proofs.ts'

/** A fault that is done on a link. */
export type LinkFaultSpec = FaultSpec & { readonly fault: ToxicAction }

/** Connects that are refused or not answered are between the kernel and the caller: the proxy cannot count them. */
const uncountable: ReadonlySet<string> = new Set(['down', 'refuse', 'syn-blackhole', 'flap', 'cut', 'connection-limit'])
/** Those that need the kernel's queue of a listener to be full. */
const needsFullQueue: ReadonlySet<string> = new Set(['syn-blackhole', 'cut'])

/** A fault of a plan as a toxic on its link. @param seed of the run */
export function linkFault(spec: LinkFaultSpec, link: FaultLink, seed: number): Fault {
  return {
    probe: () => probe(spec.fault),
    async inject({ lifeSec }) {
      // A link counts on: one of the same name may have been on it in an earlier test.
      const before = (await link.look()).counts.crossed[spec.id] ?? 0
      await link.add({
        id: spec.id,
        action: spec.fault,
        ...(spec.scope === undefined ? {} : { scope: spec.scope }),
        seed: seedOf(seed, spec.id),
        lifeMs: lifeSec * 1000,
        forMs: spec.forSec * 1000,
      })
      return activeOn(link, spec, before)
    },
  }
}

function probe({ kind }: ToxicAction): Availability {
  return needsFullQueue.has(kind) && process.platform !== 'linux'
    ? { state: 'degraded', reason: 'only Linux is known to leave connects unanswered when the queue of a listener is full' }
    : { state: 'available', reason: '' }
}

function activeOn(link: FaultLink, { id, fault, scope }: LinkFaultSpec, crossedBefore: number): ActiveFault {
  let crossed = 0
  const look = async (): Promise<readonly string[]> => {
    const { toxics, counts } = await link.look()
    crossed = (counts.crossed[id] ?? 0) - crossedBefore
    return toxics
  }
  const prove = proofOf(fault)
  const failed = (thrown: unknown): Proof => ({ ok: false, evidence: messageOf(thrown) })
  const undo = async (): Promise<Proof> => {
    await link.remove(id)
    const left = await look()
    if (left.includes(id)) return { ok: false, evidence: `the proxy still has it on the link ${link.name}` }
    // Another toxic may do the same.
    if (left.length > 0) return { ok: true, evidence: `the proxy no longer has it on the link ${link.name}` }
    return restored(link.address)
  }
  return {
    async verify() {
      try {
        if (!(await look()).includes(id)) return { ok: false, evidence: `the proxy does not have it on the link ${link.name}` }
        return await prove(link.address)
      } catch (thrown) {
        return failed(thrown)
      }
    },
    revert: undoOnce(() => undo().catch(failed)).revert,
    crossed: () => (crossed === 0 && uncountable.has(fault.kind) && scope === undefined ? undefined : crossed),
  }
}

/** FNV-1a over the name of the fault: two faults of one run do not draw the same. */
function seedOf(seed: number, id: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash ^ seed) >>> 0
}
