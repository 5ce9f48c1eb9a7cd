import type { HttpAction } from '../../../model/link-fault.ts'
import type { CallToxic } from '../protocol.ts'
import type { AnswerFlow, AnswerPlace, AnswerToxic } from './answer-flow.ts'
import { isMeant } from './call-scope.ts'
import { loseAnswer } from './lose-answer.ts'
import type { RequestHead } from './message-head.ts'
import { slowBody } from './slow-body.ts'
import { slowHeaders } from './slow-headers.ts'
import { truncateBody } from './truncate-body.ts'

type AnswerKind = Exclude<HttpAction['kind'], 'status' | 'duplicate-delivery'>

const answerToxics: { readonly [K in AnswerKind]: AnswerToxic<Extract<HttpAction, { kind: K }>> } = {
  'slow-headers': slowHeaders,
  'slow-body': slowBody,
  'truncate-body': truncateBody,
  'lose-answer': loseAnswer,
}

/** The places of one answer, from the upstream to the caller. */
export interface AnswerChain {
  readonly first: AnswerFlow
  readonly laid: readonly { readonly toxic: CallToxic; readonly flow: AnswerFlow }[]
}

/** Those toxics that this answer meets. */
export function answerChain(toxics: readonly CallToxic[], request: RequestHead, place: AnswerPlace): AnswerChain {
  const laid: { toxic: CallToxic; flow: AnswerFlow }[] = []
  let next = place.next
  for (const toxic of [...toxics].reverse()) {
    if (!isMeant(toxic.spec, request)) continue
    const flow = flowOf(toxic, { ...place, next })
    if (flow === undefined || !toxic.meets()) continue
    laid.push({ toxic, flow })
    next = flow
  }
  return { first: next, laid }
}

function flowOf({ spec: { action } }: CallToxic, place: AnswerPlace): AnswerFlow | undefined {
  if (!Object.hasOwn(answerToxics, action.kind)) return undefined
  const toxic = answerToxics[action.kind as AnswerKind] as AnswerToxic<typeof action> // the table pairs each kind with its own action
  return toxic(action, place)
}
