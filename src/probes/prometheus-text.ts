/** One line of a page in Prometheus' text format 0.0.4 or OpenMetrics 1.0. */
export interface Reading {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricsPage {
  readonly readings: readonly Reading[]
  /** `counter`, `gauge`, `histogram`, `summary`, `untyped` by name, as the page declares them. */
  readonly types: ReadonlyMap<string, string>
  /** Lines that are neither. */
  readonly malformed: number
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)/

/** Parses a page; a line that cannot be understood is counted and passed over. */
export function parsePrometheusText(text: string): MetricsPage {
  const readings: Reading[] = []
  const types = new Map<string, string>()
  let malformed = 0
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '') continue
    if (line.startsWith('#')) {
      const [, keyword, name = '', type = ''] = line.split(/\s+/)
      if (keyword === 'TYPE') types.set(name, type)
      continue
    }
    const reading = parseReading(line)
    if (reading === undefined) malformed += 1
    else readings.push(reading)
  }
  return { readings, types, malformed }
}

function parseReading(line: string): Reading | undefined {
  const name = sampleLine.exec(line)?.[1]
  if (name === undefined) return undefined
  let rest = line.slice(name.length)
  let labels: Record<string, string> = {}
  if (rest.trimStart().startsWith('{')) {
    const parsed = parseLabels(rest.trimStart())
    if (parsed === undefined) return undefined
    labels = parsed.labels
    rest = parsed.rest
  } else if (!/^\s/.test(rest)) return undefined
  // After the value may come a time stamp, and after ` # ` an exemplar.
  const [number = ''] = rest.trim().split(/\s+/)
  const value = parseNumber(number)
  return value === undefined ? undefined : { name, labels, value }
}

/** Values may hold `\\`, `\"`, `\n`, and unescaped `}`, `,` and `=`. */
function parseLabels(text: string): { labels: Record<string, string>; rest: string } | undefined {
  const labels: Record<string, string> = {}
  const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,?)/y
  label.lastIndex = 1
  for (;;) {
    const end = /\s*\}/y
    end.lastIndex = label.lastIndex
    if (end.test(text)) return { labels, rest: text.slice(end.lastIndex) }
    const start = label.lastIndex
    const match = label.exec(text)
    if (match === null || label.lastIndex === start) return undefined
    const [, name = '', value = ''] = match
    labels[name] = value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
  }
}

function parseNumber(text: string): number | undefined {
  if (/^nan$/i.test(text)) return NaN
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  return Number(text)
}

/** `name{route="/x"}`, labels in the page's order. */
export function seriesName({ name, labels }: Reading): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}
