import type { AuditOutcome, AuditWrite } from '../../model/audit-record.ts'

/** What is known of one id after all attempts to write it. */
export interface WriteState {
  /** Attempts whose end is not known. */
  open: number
  /** The most that an attempt came to: one acknowledgement is enough. */
  came: AuditOutcome | undefined
  /** When it was first acknowledged, on the run clock. */
  ackSec: number
  /** Acknowledged versions; only of what has versions. */
  versions: { readonly version: number; readonly sec: number }[] | undefined
  /** The highest version that was attempted. */
  highest: number | undefined
}

const weight: Readonly<Record<AuditOutcome, number>> = { failed: 0, uncertain: 1, acknowledged: 2 }

/** The writes of one test, by id. */
export class WriteLog {
  readonly states = new Map<string, WriteState>()
  /** Attempts of which only the target knows the id, that may have happened: under way, or without an answer. */
  #nameless = 0
  #refused = 0

  add({ id, to, outcome, version, begun, anonymous, from }: AuditWrite): void {
    if (anonymous) {
      if (to === undefined) this.#nameless++
      else if (begun) this.#nameless--
      if (outcome === 'uncertain') this.#nameless++
      if (outcome === 'failed') this.#refused++
    }
    if (id === undefined) return
    const state = this.#stateOf(id)
    if (version !== undefined) state.highest = Math.max(state.highest ?? -Infinity, version)
    if (outcome === undefined) {
      state.open++
      return
    }
    if (begun && !anonymous) state.open--
    if (state.came === undefined || weight[outcome] > weight[state.came]) state.came = outcome
    if (outcome !== 'acknowledged') return
    const sec = to ?? from
    state.ackSec = Math.min(state.ackSec, sec)
    if (version !== undefined) (state.versions ??= []).push({ version, sec })
  }

  /** Attempts without a known id that may have happened, and that were refused. */
  get nameless(): { readonly uncertain: number; readonly failed: number } {
    return { uncertain: this.#nameless, failed: this.#refused }
  }

  #stateOf(id: string): WriteState {
    const known = this.states.get(id)
    if (known !== undefined) return known
    const state: WriteState = { open: 0, came: undefined, ackSec: Infinity, versions: undefined, highest: undefined }
    this.states.set(id, state)
    return state
  }
}

/** An attempt that never came to an end may have happened. */
export function outcomeOfState({ open, came }: WriteState): AuditOutcome {
  if (came === 'acknowledged') return came
  return open > 0 || came === undefined ? 'uncertain' : came
}
