import type { AnswerHead } from './message-head.ts'

/** A place that one answer comes through on its way to the caller. Its head may come in pieces. */
export interface AnswerFlow {
  head(bytes: Buffer): void
  body(bytes: Buffer): void
  /** `isCut`: the upstream closed in the middle of it. */
  end(isCut: boolean): void
  /** Its toxic is gone: what it holds goes on now. */
  release?(): void
  /** The connection is gone: no timer is left. */
  over?(): void
  /** Bytes that it holds. */
  heldBytes?(): number
}

/** The end of a caller's connection, after what was sent to it before. */
export interface CallerEnd {
  close(): void
  reset(): void
}

export interface AnswerPlace {
  readonly head: AnswerHead
  readonly next: AnswerFlow
  readonly caller: CallerEnd
}

/** Puts a toxic in the way of an answer; undefined when there is nothing in it that the toxic could act on. */
export type AnswerToxic<Action> = (action: Action, place: AnswerPlace) => AnswerFlow | undefined
