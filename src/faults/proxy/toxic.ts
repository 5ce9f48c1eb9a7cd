import type { Random } from '../../base/random.ts'
import type { TransportAction } from '../../model/link-fault.ts'
import type { Outlets, ProxiedConnection, Stages } from './stage.ts'

/** What becomes of a new connection: `hold` accepts it and reads nothing until the toxic is gone. */
export type Admission = 'pass' | 'reset' | 'close' | 'hold'

/** `closed`: connects are refused. `unanswered`: SYNs are. */
export type ListenerState = 'open' | 'closed' | 'unanswered'

/** A fault on a link as one file has it: what it can do says what it acts on. */
export interface Toxic {
  /** It acts on new connections. @param open connections that are open now, without this one */
  admit?(open: number): Admission
  /** It acts on the listener. Asked again after each `changed()`. */
  listener?(): ListenerState
  /** It acts on the open connections, or by a clock of its own: called once it lies on the link. What it returns ends that. */
  begin?(link: ToxicLink): () => void
  /** It acts on the bytes of a connection: of those that are open when it comes, and of each new one. */
  join?(connection: ProxiedConnection, out: Outlets): Stages
  /** A connection meets it when it ends, not when its first bytes come. */
  readonly meetsAtEnd?: true
}

export interface ToxicLink {
  /** Those open connections that its scope lets it meet; each of them is counted as crossed. */
  strike(what: (connection: ProxiedConnection) => void): void
  /** The listener is to be asked for again. */
  changed(): void
}

export type ActionOf<K extends TransportAction['kind']> = Extract<TransportAction, { kind: K }>

/** Makes a toxic of its own figures. `random`: of its seed. */
export type ToxicMaker<K extends TransportAction['kind']> = (action: ActionOf<K>, random: Random) => Toxic
