import type { LinkAction } from '../../../src/model/link-fault.ts'
import type { Outcome } from './simulated-breaker.ts'

export interface LaidFault {
  readonly action: LinkAction
  readonly share?: number
  readonly first?: number
}

/** What a call meets on the link: how it ends and after how long; `null`: it never does. */
export interface Fate {
  readonly outcome: Outcome
  readonly sec: number | null
}

/** A link with the faults that lie on it, as the proxy does them. */
export class SimulatedLink {
  readonly #random: () => number
  readonly #laid: (LaidFault & { met: number })[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  lay(fault: LaidFault): void {
    this.#laid.push({ ...fault, met: 0 })
  }

  lift({ action }: LaidFault): void {
    const at = this.#laid.findIndex((one) => one.action.kind === action.kind)
    if (at >= 0) this.#laid.splice(at, 1)
  }

  fate(): Fate {
    let sec = 0.002 - 0.004 * Math.log(1 - this.#random())
    for (const laid of this.#laid) {
      if (!this.#meets(laid)) continue
      laid.met++
      const { action } = laid
      if (action.kind === 'reset') return { outcome: 'reset', sec: 0.001 }
      if (action.kind === 'postgres-error') return { outcome: 'error', sec: 0.001 }
      if (action.kind === 'status') return { outcome: action.status >= 500 ? 'error' : 'client-error', sec: 0.001 }
      if (action.kind === 'blackhole') return { outcome: 'ok', sec: null }
      if (action.kind === 'latency') sec += action.delayMs / 1000
    }
    return { outcome: 'ok', sec }
  }

  #meets({ share, first, met }: LaidFault & { readonly met: number }): boolean {
    if (first !== undefined) return met < first
    return share === undefined || this.#random() < share
  }
}
