import type { UndoRecord } from '../model/undo-record.ts'

/** What was looked at and whether it is so: of a fault that is active, or of one that is gone. */
export interface Proof {
  readonly ok: boolean
  /** For a person: which file of the kernel said what. */
  readonly evidence: string
}

export interface Availability {
  /** `degraded`: less of it than was asked for can be had on this machine. */
  readonly state: 'available' | 'degraded' | 'unavailable'
  /** Empty when available. */
  readonly reason: string
}

/** The undo record of the run: on the disk before anything happens, and read by the watchdog and by `proofload doctor`. */
export interface UndoLog {
  envOf(part: string): Readonly<Record<string, string>>
  addProcess(process: { readonly title: string; readonly pid: number }): void
  removeProcess(pid: number): void
  addFolder(path: string): void
  removeFolder(path: string): void
  /** Of what is neither a process of ours nor a folder; what it returns takes it out again. */
  addUndo?(record: UndoRecord): () => void
}

export interface FaultContext {
  readonly undo: UndoLog
  /** What is injected ends by itself after this time, whoever has died. */
  readonly lifeSec: number
}

/** Something that is done to the system under test or to its machine for a while. One file each, listed in the registry. */
export interface Fault {
  /** What this machine allows of it. */
  probe(): Availability
  inject(context: FaultContext): Promise<ActiveFault>
}

export interface ActiveFault {
  /** Looks for proof that it is active: asked again until it is found. */
  verify(): Promise<Proof>
  /** Undoes it and looks whether it is gone. Every call after the first gives the same answer. */
  revert(): Promise<Proof>
  /** Requests or connections that have met it; absent: it meets none; undefined: nobody can count them. */
  crossed?(): number | undefined
  /** Settles when it is over by itself before its time: what was restarted runs again. */
  readonly over?: Promise<void>
  /** Figures that were measured meanwhile, for the record: seconds that a process took to end. Asked for after `revert`. */
  facts?(): Readonly<Record<string, number>>
}
