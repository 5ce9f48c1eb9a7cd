import type { ToxicAction } from '../../model/link-fault.ts'
import type { Proof } from '../fault.ts'
import type { FaultLink } from '../places.ts'
import type { LookOptions, Seen } from './look-through.ts'
import { lookThrough } from './look-through.ts'
import { creditMs } from './toxics/bandwidth.ts'

type Address = FaultLink['address']
type Prove = (address: Address) => Promise<Proof>

/** Loopback answers in less than that, on a busy machine as well. */
const patienceMs = 300
/** Nobody waits longer than that for a proof; what has not come by then, is proof enough of what is slow. */
const longestMs = 1000
/** More than that is not sent through a link to look at it. */
const mostBytes = 64 * 1024
/** Of a line's bandwidth, the time for which a look uses it. */
const lineMs = 150
const hello = Buffer.from('?')

/** How it is seen that a toxic is at work: through a connection of our own where one can tell, else by the proxy's word. */
export function proofOf(action: ToxicAction): Prove {
  switch (action.kind) {
    case 'down':
    case 'refuse':
      return byLooking({ patienceMs }, isSentAway)
    case 'flap': {
      let wasDown = false
      return byLooking({ patienceMs }, (seen) => (wasDown ||= isSentAway(seen)))
    }
    case 'accept-then-close':
      return byLooking({ patienceMs }, ({ end, answer }) => end !== undefined && answer.length === 0)
    case 'syn-blackhole':
    case 'cut':
      return byLooking({ patienceMs }, ({ connect }) => connect === 'unanswered')
    case 'hang':
    case 'blackhole':
      return byLooking(
        { say: hello, patienceMs },
        ({ connect, answer, end }) => connect === 'connected' && answer.length === 0 && end === undefined,
      )
    case 'reset':
      return (action.afterBytes ?? 0) > mostBytes || (action.afterMs ?? 0) > longestMs
        ? byWord
        : byLooking(
            { say: Buffer.alloc(action.afterBytes ?? 1, 'x'), patienceMs: patienceMs + (action.afterMs ?? 0), andEnd: true },
            ({ connect, end }) => end === 'reset' || connect === 'ECONNRESET',
          )
    case 'limit-bytes':
      return action.bytes > mostBytes
        ? byWord
        : byLooking({ say: Buffer.alloc(action.bytes, 'x'), patienceMs, andEnd: true }, ({ end }) => end !== undefined)
    case 'half-close':
      return byLooking({ say: hello, patienceMs, andEnd: true }, ({ answer, end }) => answer.length === 1 && end === 'end')
    case 'latency':
      return isLate(action)
    case 'bandwidth': {
      const say = Buffer.alloc(Math.min(mostBytes, Math.ceil((action.bytesPerSec * lineMs) / 1000)), 'x')
      const leastMs = 0.5 * ((say.length * 1000) / action.bytesPerSec - creditMs)
      return leastMs < 10 ? byWord : byLooking({ say, patienceMs: longestMs }, ({ elapsedMs }) => elapsedMs >= leastMs)
    }
    case 'slice':
      return action.delayMs < 1 || 4 * action.bytes > mostBytes
        ? byWord
        : byLooking({ say: Buffer.alloc(4 * action.bytes, 'x'), patienceMs: longestMs }, ({ pieces }) => pieces > 1)
    case 'slow-close':
      return byLooking(
        { untilEnd: true, patienceMs: Math.min(longestMs, 2 * action.delayMs + patienceMs) },
        ({ elapsedMs }) => elapsedMs >= Math.min(longestMs, action.delayMs) * 0.9,
      )
    case 'corrupt': {
      // Ten hits are expected: e^-10 that there is none.
      const bytes = Math.ceil(10 / Math.max(action.share, 1e-9))
      if (bytes > mostBytes) return byWord
      const say = Buffer.alloc(bytes, 'x')
      return byLooking({ say, patienceMs: longestMs }, ({ answer }) => answer.length === bytes && !answer.equals(say))
    }
    default:
      return byWord
  }
}

/** Proof that a link is as it was. */
export async function restored(address: Address): Promise<Proof> {
  const seen = await lookThrough(address, { say: hello, patienceMs: longestMs })
  return { ok: seen.answer.length === 1, evidence: told(seen) }
}

function byLooking(options: LookOptions, isProof: (seen: Seen) => boolean): Prove {
  return async (address) => {
    const seen = await lookThrough(address, options)
    return { ok: isProof(seen), evidence: told(seen) }
  }
}

/** It was looked at before that the proxy has the toxic. */
const byWord: Prove = () => Promise.resolve({ ok: true, evidence: 'the proxy has it on the link' })

/** Four standard deviations below the mean the delay may still be right; of a wide jitter nothing can be said from one look. */
function isLate({ delayMs, jitterMs, direction }: Extract<ToxicAction, { kind: 'latency' }>): Prove {
  const ways = direction === 'both' ? 2 : 1
  const leastMs = Math.min(0.9 * longestMs, ways * (delayMs - 4 * jitterMs))
  if (leastMs < 1) return byWord
  return byLooking(
    { say: hello, patienceMs: longestMs },
    ({ connect, elapsedMs }) => connect === 'connected' && elapsedMs >= leastMs,
  )
}

/** Refused by the kernel, or (where the toxic has to choose among connections) reset once accepted. */
function isSentAway({ connect, end }: Seen): boolean {
  return connect === 'ECONNREFUSED' || connect === 'ECONNRESET' || end === 'reset'
}

function told({ connect, answer, elapsedMs, end }: Seen): string {
  const ms = elapsedMs < 10 ? elapsedMs.toFixed(1) : elapsedMs.toFixed(0)
  if (connect === 'unanswered') return 'a connect through the link was not answered'
  if (connect !== 'connected') return `a connect through the link failed with ${connect}`
  if (end !== undefined)
    return `a connection through the link was ${end === 'end' ? 'closed' : 'reset'} after ${ms} ms and ${answer.length} bytes`
  return answer.length === 0
    ? `a connection through the link was not answered within ${ms} ms`
    : `a connection through the link was answered with ${answer.length === 1 ? '1 byte' : `${answer.length} bytes`} within ${ms} ms`
}
