import type { AttackWindow } from '../../model/attack-window.ts'

/** A second of one source of an attack; `t` in seconds from the start of the load. */
export type AttackPoint = Omit<AttackWindow, 'kind' | 'test' | 'attack'> & { readonly t: number }

/** What the attacks of a test did, as it was written. */
export class AttackLog {
  readonly #windows = new Map<string, (AttackWindow & { readonly t: number })[]>()

  add(window: AttackWindow & { readonly t: number }): void {
    const list = this.#windows.get(window.attack)
    if (list === undefined) this.#windows.set(window.attack, [window])
    else list.push(window)
  }

  /** Times of the run clock are told from `startSec` on. */
  points(id: string, startSec: number): readonly AttackPoint[] {
    return (this.#windows.get(id) ?? []).map((window) => {
      const { t, firstBlock } = window
      return {
        ...window,
        t: Math.round(t - startSec),
        ...(firstBlock === undefined ? {} : { firstBlock: { ...firstBlock, atSec: firstBlock.atSec - startSec } }),
      }
    })
  }
}
