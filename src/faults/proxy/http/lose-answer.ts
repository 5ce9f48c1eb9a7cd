import type { HttpAction } from '../../../model/link-fault.ts'
import type { AnswerFlow, AnswerPlace } from './answer-flow.ts'

/** The answer is awaited to its end, so that the work is done, and thrown away; the caller gets a reset. */
export function loseAnswer(_: Extract<HttpAction, { kind: 'lose-answer' }>, { caller }: AnswerPlace): AnswerFlow {
  return {
    head() {
      // thrown away
    },
    body() {
      // thrown away
    },
    end() {
      caller.reset()
    },
  }
}
