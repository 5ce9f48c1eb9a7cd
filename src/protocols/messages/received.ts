/** A message that came in. What it says is read when it is first asked for: most messages of a full room are asked for nothing. */
export class Received {
  readonly text: string | undefined
  readonly bytes: Uint8Array | undefined
  /** As it came, in bytes. */
  readonly size: number
  #value: unknown
  #isRead = false

  /** Bytes must not belong to a buffer that is used again. */
  constructor(text: string | undefined, bytes: Uint8Array | undefined, size: number) {
    this.text = text
    this.bytes = bytes
    this.size = size
  }

  // hot
  get value(): unknown {
    if (!this.#isRead) {
      this.#isRead = true
      this.#value = this.text === undefined ? this.bytes : readText(this.text)
    }
    return this.#value
  }
}

/** JSON objects and lists as such; `42` and `true` are more likely to be somebody's words. */
function readText(text: string): unknown {
  const first = text.charCodeAt(0)
  if (first !== 0x7b && first !== 0x5b) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
