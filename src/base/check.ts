import type { ErrorCode } from './error-codes.ts'
import { ToolError } from './errors.ts'

/** Where a value is: `['tests', 'peak', 'for']`. */
export type Path = readonly (string | number)[]

/** What is wrong of an entry: its name, its value, or that it is not there. */
export type ProblemPart = 'key' | 'value' | 'missing'

export interface Problem {
  readonly path: Path
  /** Completes "expected …". */
  readonly expected: string
  /** Completes "got …"; empty: nothing to add. */
  readonly got: string
  readonly hint?: string
  readonly part: ProblemPart
}

/** Collects everything that is wrong, so that the user reads it in one go. */
export class Problems {
  readonly #list: Problem[] = []

  get list(): readonly Problem[] {
    return this.#list
  }

  /** `value` is described; use `addText` where words say it better. */
  add(path: Path, expected: string, value: unknown, hint?: string): void {
    this.addText(path, expected, describeValue(value), hint)
  }

  addText(path: Path, expected: string, got: string, hint?: string): void {
    this.#add({
      path,
      expected,
      got,
      part: got === describeValue(undefined) ? 'missing' : 'value',
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** The last part of the path is a name that does not belong there. */
  addKey(path: Path, expected: string, candidates: readonly string[]): void {
    const key = String(path.at(-1))
    const near = nearest(key, candidates)
    const hint = near === undefined ? {} : { hint: `Did you mean \`${near}\`?` }
    this.#add({ path, expected, got: `\`${key}\``, part: 'key', ...hint })
  }

  #add(problem: Problem): void {
    // The same value is read twice when a test is checked with and without its `quick` part.
    const { expected, got } = problem
    const known = formatPath(problem.path)
    if (this.#list.some((other) => other.expected === expected && other.got === got && formatPath(other.path) === known)) return
    this.#list.push(problem)
  }

  /** Throws one error with all problems, if there are any. `locate` says where a value was written, when not in the plan itself. */
  failIfAny(
    code: ErrorCode,
    headline: string,
    options: { readonly locate?: (path: Path, part: ProblemPart) => string | undefined; readonly where?: string } = {},
  ): void {
    if (this.#list.length === 0) return
    const lines = this.#list.map((problem) => `  ${formatProblem(problem, options.locate?.(problem.path, problem.part))}`)
    const first = this.#list[0]
    const where = options.where ?? (first ? formatPath(first.path) : undefined)
    throw new ToolError(code, [headline, ...lines].join('\n'), where === undefined ? {} : { where })
  }
}

function formatProblem(problem: Problem, location: string | undefined): string {
  const path = formatPath(problem.path)
  const place = location === undefined ? path : path === '' ? location : `${location}: ${path}`
  const got = problem.got === '' ? '' : `, got ${problem.got}`
  const hint = problem.hint === undefined ? '' : problem.hint.startsWith('\n') ? problem.hint : `. ${problem.hint}`
  return `${place === '' ? '' : `${place}: `}expected ${problem.expected}${got}${hint}`
}

/** `tests.peak.for`, `tests['normal load'].objectives[1]` */
export function formatPath(path: Path): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : /^[\w$-]+$/.test(key) ? (i === 0 ? key : `.${key}`) : `['${key}']`))
    .join('')
}

/** A value as a person would say it, short: `'30x'`, `0 (number)`, `nothing`, `a list of 3`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 57)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'object') {
    const keys = Object.keys(value)
    return keys.length === 0
      ? 'an empty object'
      : `an object with ${keys
          .slice(0, 4)
          .map((key) => `\`${key}\``)
          .join(', ')}${keys.length > 4 ? ', …' : ''}`
  }
  // Only numbers, booleans, bigints and symbols are left.
  return `${(value as number).toString()} (${typeof value})`
}

/** The candidate that was probably meant, or undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 2)) + 0.5
  for (const candidate of candidates) {
    const distance = word.toLowerCase() === candidate.toLowerCase() ? 0 : editDistance(word, candidate)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Damerau-Levenshtein with adjacent swaps ("optimal string alignment"). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reports keys that are not in `allowed`, each with the nearest right one. */
export function checkKeys(
  problems: Problems,
  path: Path,
  value: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): void {
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) problems.addKey([...path, key], `one of ${listWords(allowed)}`, allowed)
  }
}

export function listWords(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}
