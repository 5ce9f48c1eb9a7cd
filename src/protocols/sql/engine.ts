import type { SqlSpec } from '../../model/plan-spec.ts'
import type { ExchangeObserver, ExchangeSample } from '../protocol.ts'
import type { Databases } from './databases.ts'
import type { StatementBook } from './statement-book.ts'

/** What all users and pools of one worker share. */
export interface Engine {
  readonly spec: SqlSpec
  readonly observer: ExchangeObserver
  readonly now: () => number
  readonly databases: Databases
  readonly book: StatementBook
  /** Reused for every report. */
  readonly sample: ExchangeSample
}

/** Something that goes on for a user. */
export interface Running {
  abort(): void
}
