import type { Client } from 'pg'
import type { LinkCounts, ToxicSpec } from '../model/link-fault.ts'
import type { ProcessRef } from '../model/process-fault.ts'
import type { PreloadAction } from '../model/process-fault.ts'

/** Where faults can be done in this run; the run has them, faults only ask for them. Each throws when the plan has no such place. */
export interface FaultPlaces {
  link(name: string): FaultLink
  process(ref: ProcessRef): FaultProcess
  database(service: string): FaultDatabase
  preload(): FaultPreload
}

/** A link of our proxy, while it is open. */
export interface FaultLink {
  readonly name: string
  /** Where those connect who go through it. */
  readonly address: { readonly host: string; readonly port: number }
  /** Lays a toxic on it; answers when the proxy has it. */
  add(toxic: ToxicSpec): Promise<void>
  /** Answers when the proxy no longer has it. */
  remove(id: string): Promise<void>
  /** Toxics that the proxy has now, and what it has counted. */
  look(): Promise<{ readonly toxics: readonly string[]; readonly counts: LinkCounts }>
}

/** A process and its children. */
export interface FaultProcess {
  /** Of the first process; undefined when it is not running. */
  pid(): number | undefined
  /** All of its tree that run now. */
  tree(): readonly number[]
  /** Started by us, so that it can be started again. */
  readonly isOurs: boolean
  /** What asks it to end. Default: SIGTERM; PostgreSQL's waits for clients, so it is SIGINT there. */
  readonly endSignal?: 'SIGTERM' | 'SIGINT'
  /** Until it is disposed of, the end of this process is wanted, and does not end the run. */
  expectDeath(): { dispose(): void }
  /** Starts it again as it was started before, and answers when it is ready. */
  start(): Promise<void>
}

export interface FaultDatabase {
  /** Started by us, so that its settings may be changed. */
  readonly isOurs: boolean
  /** A connection of our own, past the proxy, not yet opened; whoever asks for it ends it. */
  client(): Client
}

/** What was preloaded into the target's Node processes. */
export interface FaultPreload {
  /** Processes that answer. */
  pids(): readonly number[]
  /** Begins it in each of them, and in those that come later; answers when each has said so. It ends by itself after `lifeMs`. */
  begin(id: string, action: PreloadAction, lifeMs: number): Promise<void>
  end(id: string): Promise<void>
  /** Whether it is at work in each of them, and what they say of it. */
  look(id: string): Promise<readonly PreloadLook[]>
}

export interface PreloadLook {
  readonly pid: number
  readonly active: boolean
  readonly evidence: string
}
