import { isClientError } from './pay.ts'

export interface HandMadeDefects {
  /** Lets all through while half open. */
  readonly floods?: true
  /** The one try has no time-out, and as long as it is on its way there is no other. */
  readonly waitsForProbe?: true
}

/** As people write it for themselves: five failures in a row, two seconds, one try. */
export class HandMadeBreaker {
  readonly #call: (timeoutMs?: number) => Promise<string>
  readonly #defects: HandMadeDefects
  #failures = 0
  #openedMs: number | undefined
  #isTrying = false

  constructor(call: (timeoutMs?: number) => Promise<string>, defects: HandMadeDefects) {
    this.#call = call
    this.#defects = defects
  }

  async fire(): Promise<string> {
    const { floods, waitsForProbe } = this.#defects
    const isTry = this.#openedMs !== undefined
    if (this.#openedMs !== undefined && performance.now() < this.#openedMs + 2000) throw new Error('open')
    if (isTry && this.#isTrying && !floods) throw new Error('half open')
    if (isTry) this.#isTrying = true
    try {
      const answer = await this.#call(isTry && waitsForProbe ? undefined : 800)
      this.#failures = 0
      this.#openedMs = undefined
      return answer
    } catch (error) {
      if (!isClientError(error) && (isTry || ++this.#failures >= 5)) this.#openedMs = performance.now()
      throw error
    } finally {
      if (isTry) this.#isTrying = false
    }
  }
}
