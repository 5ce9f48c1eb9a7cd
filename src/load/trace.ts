/** Times of a trace file: one number of seconds a line, or one date (`2026-01-31T12:00:00.250Z`; the first is the start), or the first column of a CSV; blank lines, `#` comments and one heading line are skipped. Ascending, from the start of the load. */
export function parseTrace(text: string): { readonly timesSec: readonly number[]; readonly problems: readonly string[] } {
  const timesSec: number[] = []
  const problems: string[] = []
  let last = 0
  let firstDateMs = NaN
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const word = (line.split(/[,;\t]/, 1)[0] ?? '').trim()
    if (word === '' || word.startsWith('#')) continue
    const dateMs = /^\d{4}-\d\d-\d\d/.test(word) ? Date.parse(word) : NaN
    if (timesSec.length === 0) firstDateMs = dateMs
    const value = Number.isNaN(dateMs) ? Number(word) : (dateMs - firstDateMs) / 1000
    if (!Number.isFinite(value) || value < 0) {
      if (timesSec.length === 0 && problems.length === 0 && /^[a-z_]/i.test(word)) continue
      problems.push(`line ${at + 1}: expected seconds from the start such as \`12.5\`, got \`${word.slice(0, 40)}\``)
    } else if (value < last) {
      problems.push(`line ${at + 1}: expected times in rising order, got ${value} after ${last}`)
    } else {
      timesSec.push(value)
      last = value
    }
  }
  return { timesSec, problems }
}
