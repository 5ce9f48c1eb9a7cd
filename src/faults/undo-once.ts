import type { Proof } from './fault.ts'

export interface Undoing {
  /** The first call undoes it; every later one has the same answer. */
  readonly revert: () => Promise<Proof>
  /** Asked for already, by us or by its time. */
  readonly isOver: () => boolean
}

/** Undoes once, however often it is asked; with `lifeSec` also by itself, that long from now. */
export function undoOnce(undo: () => Promise<Proof>, lifeSec?: number): Undoing {
  let undoing: Promise<Proof> | undefined
  const revert = (): Promise<Proof> => {
    clearTimeout(life)
    return (undoing ??= undo())
  }
  const life = lifeSec === undefined ? undefined : setTimeout(() => void revert(), lifeSec * 1000)
  life?.unref()
  return { revert, isOver: () => undoing !== undefined }
}
