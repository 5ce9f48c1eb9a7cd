import type { HttpAction } from '../../../model/link-fault.ts'
import type { Conversation, Protocol, ProtocolConnection } from '../protocol.ts'
import { AnswerLine } from './answer-line.ts'
import { AnswerSide } from './answer-side.ts'
import { RequestSide } from './request-side.ts'

const kinds: Readonly<Record<HttpAction['kind'], true>> = {
  status: true,
  'slow-headers': true,
  'slow-body': true,
  'truncate-body': true,
  'lose-answer': true,
  'duplicate-delivery': true,
}

/** HTTP/1.1: requests are calls, and a status below 500 is an answer. */
export const http: Protocol = { has: (kind) => Object.hasOwn(kinds, kind), join }

/** As long as no toxic has to do with a connection, each chunk goes on as it came and is only looked at; else each part of a message goes its own way. */
function join(connection: ProtocolConnection): Conversation {
  const line = new AnswerLine(connection)
  let isOpaque = false
  const becomeOpaque = (): void => {
    if (!isOpaque) connection.counts.opaque()
    isOpaque = true
  }
  const down = new AnswerSide(connection, line, () => {
    becomeOpaque()
    up.becomeRaw()
    down.becomeRaw()
  })
  const up = new RequestSide(connection, line, () => {
    becomeOpaque()
    // What was asked for before is still answered in HTTP.
    if (line.isEmpty) down.becomeRaw()
  })
  return {
    up,
    down,
    changed: () => {
      down.changed()
    },
    over: () => {
      down.over()
      line.over()
    },
  }
}
