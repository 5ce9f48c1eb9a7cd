import { oneLine } from '../plain-text.ts'

/** Columns from `right` up to `until` are numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: number,
  until = head.length,
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i >= right && i <= until ? '---:' : '---'))), ...rows.map(line), '']
}

/** Markdown also carries HTML: everything that either could read as markup is escaped. What stands in backquotes stays code. */
export function md(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? code(part.slice(1, -1)) : escaped(part)))
    .join('')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#|~!]/g, '\\$&')
    .replaceAll('@', '&#64;')
}

/** Code spans know no escapes: a longer fence, and bars kept out of the table's way. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|')
  const fence = line.includes('`') ? '``' : '`'
  return line === '' ? '' : fence === '``' ? `${fence} ${line.replaceAll('``', '` `')} ${fence}` : `${fence}${line}${fence}`
}

export function bullets(sentences: readonly string[]): string[] {
  return sentences.map((sentence) => `- ${md(sentence)}`)
}
