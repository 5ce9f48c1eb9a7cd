import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Draft } from './drafts.ts'
import { FlowError } from './flow-error.ts'

/** Keeps texts on disk until they are delivered; each is there for certain before anybody is told that it is written. */
export class DraftFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes the draft, has the disk confirm it, and takes the file away again, as delivery does. Rejects with `not-saved`. */
  async deliver({ memory }: Draft): Promise<void> {
    const path = join(this.#folder, `draft-${randomUUID()}.txt`)
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(path, memory, { flush: true })
    } catch (error) {
      throw new FlowError('not-saved', `The draft could not be written to ${this.#folder}`, error)
    } finally {
      // What cannot even be looked for was never written.
      await rm(path, { force: true }).catch(() => undefined)
    }
  }
}
