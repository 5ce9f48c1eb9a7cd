import type { HttpAction } from '../../../model/link-fault.ts'
import type { AnswerFlow, AnswerPlace } from './answer-flow.ts'
import { Drip } from './drip.ts'

/** The answer's body comes in drops. Of a body whose length is not told, what has come so far counts as the whole. */
export function slowBody(
  { overMs }: Extract<HttpAction, { kind: 'slow-body' }>,
  { head, next }: AnswerPlace,
): AnswerFlow | undefined {
  if (head.body.kind === 'none') return undefined
  let end: { isCut: boolean } | undefined
  let isDone = false

  const drip = new Drip(overMs, head.body.kind === 'length' ? head.body.bytes : undefined, (bytes) => {
    next.body(bytes)
    finish()
  })
  function finish(): void {
    if (end === undefined || drip.heldBytes > 0 || isDone) return
    isDone = true
    next.end(end.isCut)
  }

  return {
    head: (bytes) => {
      next.head(bytes)
    },
    body: (bytes) => {
      drip.add(bytes)
    },
    end(isCut) {
      end = { isCut }
      finish()
    },
    release: () => {
      drip.release()
    },
    over: () => {
      drip.stop()
    },
    heldBytes: () => drip.heldBytes,
  }
}
