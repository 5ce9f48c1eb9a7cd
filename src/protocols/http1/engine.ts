import type { HttpSpec } from '../../model/plan-spec.ts'
import type { ExchangeObserver, ExchangeSample } from '../protocol.ts'
import type { Connection } from './connection.ts'
import type { Deadlines } from '../deadlines.ts'
import type { RequestBook } from './target.ts'

/** What all users, pools and connections of one worker share. */
export interface Engine {
  readonly spec: HttpSpec
  readonly observer: ExchangeObserver
  readonly now: () => number
  readonly deadlines: Deadlines
  readonly book: RequestBook
  /** Every socket reads into this: its bytes are gone after the callback. */
  readonly readBuffer: Buffer
  /** Reused for every report. */
  readonly sample: ExchangeSample
  /** Source address of the next socket; undefined: the kernel's choice. */
  nextLocalAddress(): string | undefined
  /** All open sockets, also those still being opened. */
  readonly connections: Set<Connection>
}
