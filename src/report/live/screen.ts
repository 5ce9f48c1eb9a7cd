import type { TextOutput } from '../reporter.ts'
import { textWidth } from '../text/table.ts'

/** A piece of a line in one colour. */
export type Piece = readonly [text: string, paint?: (text: string) => string]

const hide = '\u001b[?25l'
const show = '\u001b[?25h'
/** The terminal shows what stands between at once: no flicker where it knows this, no harm where not. */
const together = ['\u001b[?2026h', '\u001b[?2026l'] as const

/** A block at the bottom of a terminal that is drawn again in place; everything else that is written goes above it. */
export class Screen {
  readonly #out: TextOutput
  readonly #write: (text: string) => boolean
  /** Widths of the lines that stand there now. */
  #standing: number[] = []
  #lines: readonly (readonly Piece[])[] = []
  #pending = ''
  readonly #undo: (() => void)[] = []

  constructor(out: TextOutput, others: readonly TextOutput[]) {
    this.#out = out
    this.#write = out.write.bind(out)
    for (const stream of new Set([out, ...others])) if (stream.isTTY === true) this.#undo.push(this.#intercept(stream))
    this.#write(hide)
    const restore = () => this.stop()
    process.once('exit', restore)
    this.#undo.push(() => process.removeListener('exit', restore))
  }

  draw(lines: readonly (readonly Piece[])[]): void {
    this.#lines = lines
    this.#write(together[0] + this.#erased() + this.#drawn() + together[1])
  }

  /** Writes whole lines above the block; the rest waits for its end. */
  print(text: string): void {
    const all = this.#pending + text
    const end = all.lastIndexOf('\n') + 1
    this.#pending = all.slice(end)
    if (end > 0) this.#write(together[0] + this.#erased() + all.slice(0, end) + this.#drawn() + together[1])
  }

  /** Takes the block away, gives the streams and the cursor back. Harmless when called again. */
  stop(): void {
    if (this.#undo.length === 0) return
    for (const undo of this.#undo.splice(0)) undo()
    this.#lines = []
    this.#write(this.#erased() + this.#pending + (this.#pending === '' ? '' : '\n') + show)
    this.#pending = ''
  }

  /** A narrower window has broken the old lines: count the rows that they take now. */
  #erased(): string {
    const columns = Math.max(1, this.#out.columns ?? 80)
    const rows = this.#standing.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    this.#standing = []
    return rows === 0 ? '' : `\r\u001b[${rows}A\u001b[J`
  }

  #drawn(): string {
    const columns = Math.max(20, this.#out.columns ?? 80)
    const fitting = this.#lines.slice(0, Math.max(1, (this.#out.rows ?? 24) - 1)).map((line) => fitted(line, columns - 1))
    this.#standing = fitting.map((line) => line.reduce((sum, [text]) => sum + textWidth(text), 0))
    return fitting.map((line) => `${line.map(([text, paint]) => (paint ? paint(text) : text)).join('')}\n`).join('')
  }

  #intercept(stream: TextOutput): () => void {
    const own = Object.getOwnPropertyDescriptor(stream, 'write')
    const decoder = new TextDecoder()
    const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      this.print(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      const done = rest.at(-1)
      if (typeof done === 'function') queueMicrotask(done as () => void) // the callback of a stream's write
      return true
    }
    Object.defineProperty(stream, 'write', { value: write, configurable: true, writable: true })
    return () => {
      if (own) Object.defineProperty(stream, 'write', own)
      else Reflect.deleteProperty(stream, 'write')
    }
  }
}

/** As many pieces as fit, the last one cut: a line that wraps would break the counting. */
export function fitted(line: readonly Piece[], width: number): Piece[] {
  const kept: Piece[] = []
  let left = width
  for (const [text, paint] of line) {
    const wide = textWidth(text)
    if (wide <= left) kept.push(paint ? [text, paint] : [text])
    else {
      let cut = ''
      for (const character of text) {
        if (textWidth(cut + character) > left - 1) break
        cut += character
      }
      if (left > 0) kept.push(paint ? [`${cut}…`, paint] : [`${cut}…`])
      return kept
    }
    left -= wide
  }
  return kept
}
