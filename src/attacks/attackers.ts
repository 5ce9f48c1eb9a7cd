import type { AttackRequest, TimedAttackWindow } from './attack-messages.ts'
import { Attacker } from './attacker.ts'

export interface AttackersOptions {
  readonly nowSec: () => number
  readonly onWindows: (windows: readonly TimedAttackWindow[]) => void
}

/** The attacks that run now, by their ids. */
export class Attackers {
  readonly #options: AttackersOptions
  readonly #running = new Map<string, Attacker>()

  constructor(options: AttackersOptions) {
    this.#options = options
  }

  /** Does what is asked; answers how many connections it closed. */
  answer(request: AttackRequest): number {
    switch (request.type) {
      case 'start': {
        const { spec, test, startSec, address } = request
        this.#end(spec.id)
        this.#running.set(spec.id, new Attacker({ spec, test, startSec, address, ...this.#options }))
        return 0
      }
      case 'rate': {
        const attacker = this.#running.get(request.id)
        if (attacker !== undefined) attacker.perSec = request.perSec
        return 0
      }
      case 'end':
        return this.#end(request.id)
      case 'close':
        return [...this.#running.keys()].reduce((sum, id) => sum + this.#end(id), 0)
    }
  }

  #end(id: string): number {
    const closed = this.#running.get(id)?.end() ?? 0
    this.#running.delete(id)
    return closed
  }
}
