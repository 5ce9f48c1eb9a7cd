import type { HttpAction } from '../../../model/link-fault.ts'
import type { AnswerFlow, AnswerPlace } from './answer-flow.ts'

/** Of a body whose length is not told, this much is waited for. */
const largestHeld = 8 * 1024 * 1024

/** The connection is closed after a share of the answer's body, one byte short of it at the most. */
export function truncateBody(
  { share }: Extract<HttpAction, { kind: 'truncate-body' }>,
  { head, next, caller }: AnswerPlace,
): AnswerFlow | undefined {
  if (head.body.kind === 'none') return undefined
  let left = head.body.kind === 'length' ? cut(head.body.bytes) : undefined
  let isOver = false
  const held: Buffer[] = []
  let heldBytes = 0

  function cut(length: number): number {
    return Math.max(0, Math.min(Math.floor(share * length), length - 1))
  }
  function pass(bytes: Buffer): void {
    if (isOver || left === undefined) return
    const passed = bytes.subarray(0, left)
    left -= passed.length
    if (passed.length > 0) next.body(passed)
    if (left > 0) return
    isOver = true
    caller.close()
  }
  /** The length is known now, or taken for known. */
  function decide(): void {
    left = cut(heldBytes)
    const body = Buffer.concat(held.splice(0))
    heldBytes = 0
    pass(body)
  }
  return {
    head: (bytes) => {
      next.head(bytes)
      if (left === 0) pass(bytes.subarray(0, 0))
    },
    body(bytes) {
      if (left !== undefined) {
        pass(bytes)
        return
      }
      held.push(bytes)
      heldBytes += bytes.length
      if (heldBytes >= largestHeld) decide()
    },
    end(isCut) {
      if (left === undefined && !isCut) decide()
      if (!isOver) next.end(isCut)
    },
    /** What was told already to end early still does; what was only held goes on whole. */
    release() {
      if (left !== undefined) return
      left = Infinity
      heldBytes = 0
      for (const bytes of held.splice(0)) next.body(bytes)
    },
    heldBytes: () => 0,
  }
}
