const lineFeed = 10

/** Cuts a stream of bytes into lines, and never keeps more than one line may have. */
export class LineReader {
  readonly #mostBytes: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Whole lines without their ends; undefined when one is too long. */
  read(chunk: Buffer): string[] | undefined {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      if (!this.#keep(chunk.subarray(start, end))) return undefined
      const line = Buffer.concat(this.#parts).toString().replace(/\r$/, '')
      this.#parts = []
      this.#bytes = 0
      if (line !== '') lines.push(line)
      start = end + 1
    }
    return this.#keep(chunk.subarray(start)) ? lines : undefined
  }

  #keep(part: Buffer): boolean {
    this.#bytes += part.length
    if (this.#bytes > this.#mostBytes) return false
    if (part.length > 0) this.#parts.push(part)
    return true
  }
}
