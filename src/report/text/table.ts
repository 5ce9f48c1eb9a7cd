/** A table of text: columns as wide as they need, the first one cut when the whole is too wide. */
export interface TableOptions {
  readonly width: number
  readonly indent?: number
  /** Columns that are texts; all others are right-aligned. */
  readonly left?: readonly number[]
}

const gap = 2

export function textTable(rows: readonly (readonly string[])[], { width, indent = 2, left = [0] }: TableOptions): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...rows.map((row) => textWidth(row[i] ?? ''))))
  const total = widths.reduce((sum, w) => sum + w, 0) + gap * (columns - 1) + indent
  if (total > width) widths[0] = Math.max(12, (widths[0] ?? 0) - (total - width))
  return rows.map((row) => {
    const cells = Array.from({ length: columns }, (_, i) => {
      const wide = widths[i] ?? 0
      const text = fit(row[i] ?? '', wide)
      const space = ' '.repeat(wide - textWidth(text))
      return left.includes(i) ? text + space : space + text
    })
    return (' '.repeat(indent) + cells.join(' '.repeat(gap))).trimEnd()
  })
}

/** Cut in the middle: the beginning and the end of a request's name tell it apart. */
export function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const head = Math.ceil((width - 1) / 2)
  const characters = Array.from(text)
  return `${characters.slice(0, head).join('')}…${width - 1 - head > 0 ? characters.slice(-(width - 1 - head)).join('') : ''}`
}

/** Columns on a terminal, near enough: wide East Asian characters and emoji take two. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text)
    width +=
      /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      ) &&
      character > '\u00ff' &&
      !/[✓✗■–…⚠]/u.test(character)
        ? 2
        : 1
  return width
}

/** Words in lines of at most `width`, all but the first indented by `hang`. */
export function wrap(text: string, width: number, hang = 0): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const room = lines.length === 0 ? width : width - hang
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((one, i) => (i === 0 ? one : ' '.repeat(hang) + one))
}
