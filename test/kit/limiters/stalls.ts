import type { Random } from '../../../src/base/random.ts'

/** So often something stands still. */
const everySec = 0.5

/** What stands still once in half a second, for up to so long: a starved process. */
export class Stalls {
  readonly #upToSec: number
  readonly #random: Random
  readonly #found: { readonly fromSec: number; readonly toSec: number }[] = []

  constructor(upToSec: number, random: Random) {
    this.#upToSec = upToSec
    this.#random = random
  }

  /** This moment, or when it goes on. */
  onward(sec: number): number {
    if (this.#upToSec === 0) return sec
    const index = Math.max(0, Math.floor(sec / everySec))
    while (this.#found.length <= index) {
      const lengthSec = Math.min(everySec, this.#upToSec * this.#random.next())
      const fromSec = this.#found.length * everySec + (everySec - lengthSec) * this.#random.next()
      this.#found.push({ fromSec, toSec: fromSec + lengthSec })
    }
    const { fromSec = 0, toSec = 0 } = this.#found[index] ?? {}
    return sec >= fromSec && sec < toSec ? toSec : sec
  }
}
