/** Comments, texts ('…', E'…', $tag$…$tag$), names in quotes, words, parameters and numbers, and what stands between them. */
const token =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|[A-Za-z_][\w$]*|\$?\d[\w.]*|\S/g

/** Beyond this the beginning has to do. */
const longest = 10_000
const longestName = 100
const changing = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])
/** Words that may stand between a keyword and the name of a table. */
const fillers = new Set(['ONLY', 'LATERAL', 'TABLE', 'INTO', 'FROM'])

/** `sql SELECT products`: verb and table of a statement, without its values, so that a million statements make one series. */
export function statementName(text: string): string {
  const tokens = (text.slice(0, longest).match(token) ?? []).filter((each) => !/^(--|\/\*)/.test(each))
  const start = mainVerb(tokens)
  const verb = (tokens[start] ?? '').toUpperCase()
  if (!/^[A-Z]+$/.test(verb)) return 'sql statement'
  const object = objectOf(tokens, start, verb)
  return `sql ${verb}${object === '' ? '' : ` ${object}`}`.slice(0, longestName)
}

/** The verb that a WITH leads to; otherwise the first word. */
function mainVerb(tokens: readonly string[]): number {
  if (tokens[0]?.toUpperCase() !== 'WITH') return 0
  const found = atDepthZero(tokens, 1, (word) => changing.has(word))
  return found < 0 ? 0 : found
}

function objectOf(tokens: readonly string[], start: number, verb: string): string {
  switch (verb) {
    case 'SELECT': {
      const from = atDepthZero(tokens, start, (word) => word === 'FROM')
      if (from >= 0) return tableAt(tokens, from + 1)
      return tokens[start + 2] === '(' ? tableAt(tokens, start + 1) : ''
    }
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
    case 'TRUNCATE':
    case 'LOCK':
    case 'COPY':
    case 'CALL':
      return tableAt(tokens, start + 1)
    case 'CREATE':
    case 'DROP':
    case 'ALTER':
      return (tokens[start + 1] ?? '').toUpperCase().replace(/\W/g, '')
    default:
      return ''
  }
}

/** The name that begins there; behind parentheses, that of the first table within. */
function tableAt(tokens: readonly string[], from: number): string {
  let index = from
  while (fillers.has((tokens[index] ?? '').toUpperCase())) index++
  if (tokens[index] === '(') {
    const inner = tokens.findIndex((each, at) => at > index && each.toUpperCase() === 'FROM')
    return inner < 0 ? '' : tableAt(tokens, inner + 1)
  }
  const parts: string[] = []
  while (/^["A-Za-z_]/.test(tokens[index] ?? '')) {
    parts.push((tokens[index] ?? '').replace(/^"|"$/g, ''))
    if (tokens[index + 1] !== '.') break
    index += 2
  }
  return parts.join('.').replace(/(^|[._-])\d+(?=[._-]|$)/g, '$1:n')
}

function atDepthZero(tokens: readonly string[], from: number, fits: (word: string) => boolean): number {
  let depth = 0
  return tokens.findIndex((each, index) => {
    if (each === '(') depth++
    else if (each === ')') depth--
    return index >= from && depth === 0 && fits(each.toUpperCase())
  })
}
