import type { Outlet } from './stage.ts'

/**
 * Joins what is written while a chunk is taken apart, so that it goes on with one write as it came. It also keeps bytes from going right before a reset,
 * which some clients (libuv's) then take for an ordinary end.
 */
export class JoinedOutlet implements Outlet {
  readonly #next: Outlet
  #parts: Buffer[] | undefined

  constructor(next: Outlet) {
    this.#next = next
  }

  write(chunk: Buffer): void {
    if (this.#parts === undefined) this.#next.write(chunk)
    else this.#parts.push(chunk)
  }

  end(): void {
    this.flush()
    this.#next.end()
  }

  /** What `work` writes goes on when it is done. */
  during(work: () => void): void {
    this.#parts ??= []
    work()
    this.flush()
    this.#parts = undefined
  }

  /** What is not gone yet, goes before anything else happens. */
  flush(): void {
    const parts = this.#parts
    const [first] = parts ?? []
    if (parts === undefined || first === undefined) return
    this.#parts = []
    this.#next.write(parts.length === 1 ? first : Buffer.concat(parts))
  }
}
