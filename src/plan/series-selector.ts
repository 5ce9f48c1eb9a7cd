import type { LabelMatcher, SeriesSelector } from '../model/monitor-spec.ts'

export const selectorExamples = "a series of the page such as 'http_requests_total' or 'http_requests_total{code!~\"5..\"}'"

/** Reads a selector as PromQL has it: a name, and matchers `=`, `!=`, `=~` and `!~` of labels. */
export function readSelector(text: string): SeriesSelector | undefined {
  const trimmed = text.trim()
  const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(trimmed)?.[0]
  if (metric === undefined) return undefined
  const rest = trimmed.slice(metric.length).trim()
  if (rest === '') return { text: trimmed, metric, matchers: [] }
  if (!rest.startsWith('{') || !rest.endsWith('}')) return undefined
  const matchers = readMatchers(rest.slice(1, -1))
  return matchers && { text: trimmed, metric, matchers }
}

function readMatchers(text: string): readonly LabelMatcher[] | undefined {
  const matchers: LabelMatcher[] = []
  const next = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y
  while (next.lastIndex < text.length) {
    const match = next.exec(text)
    if (match === null) return text.trim() === '' ? [] : undefined
    const [, label = '', op = '=', quoted = ''] = match
    const value = quoted.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
    if (op.endsWith('~') && !isPattern(value)) return undefined
    matchers.push({ label, op: op as LabelMatcher['op'], value }) // the pattern lists exactly the operators
  }
  return matchers
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
