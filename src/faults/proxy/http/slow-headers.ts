import type { HttpAction } from '../../../model/link-fault.ts'
import type { AnswerFlow, AnswerPlace } from './answer-flow.ts'
import { Drip } from './drip.ts'

/** The answer's head comes byte by byte, and whatever follows waits for it. */
export function slowHeaders({ overMs }: Extract<HttpAction, { kind: 'slow-headers' }>, { next }: AnswerPlace): AnswerFlow {
  const bodies: Buffer[] = []
  let bodyBytes = 0
  let end: { isCut: boolean } | undefined

  const drip = new Drip(overMs, undefined, (bytes) => {
    next.head(bytes)
    if (drip.heldBytes === 0) follow()
  })
  /** No byte of the head is left: what waited follows. */
  function follow(): void {
    bodyBytes = 0
    for (const bytes of bodies.splice(0)) next.body(bytes)
    if (end !== undefined) next.end(end.isCut)
  }

  return {
    head: (bytes) => {
      drip.add(bytes)
    },
    body(bytes) {
      if (drip.heldBytes === 0) next.body(bytes)
      else {
        bodies.push(bytes)
        bodyBytes += bytes.length
      }
    },
    end(isCut) {
      if (drip.heldBytes === 0) next.end(isCut)
      else end = { isCut }
    },
    release: () => {
      drip.release()
    },
    over: () => {
      drip.stop()
    },
    heldBytes: () => drip.heldBytes + bodyBytes,
  }
}
