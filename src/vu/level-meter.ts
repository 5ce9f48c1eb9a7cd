/** A level that goes up and down, and its integral over time, accumulated piece by piece at each change. */
export class LevelMeter {
  value = 0
  max = 0
  #areaMs = 0
  #sinceMs: number

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  // hot
  change(nowMs: number, by: number): void {
    // A sample's end was read a moment before another's start: never integrate backwards.
    if (nowMs > this.#sinceMs) {
      this.#areaMs += this.value * (nowMs - this.#sinceMs)
      this.#sinceMs = nowMs
    }
    this.value += by
    if (this.value > this.max) this.max = this.value
  }

  /** One that was there for so long before it was heard of. // hot */
  add(ms: number): void {
    this.#areaMs += ms
  }

  /** The integral in level-seconds and the largest level since the last cut. */
  cut(nowMs: number): { readonly areaSec: number; readonly max: number } {
    this.change(nowMs, 0)
    const cut = { areaSec: this.#areaMs / 1000, max: this.max }
    this.#areaMs = 0
    this.max = this.value
    return cut
  }
}
