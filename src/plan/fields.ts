import { bytesExamples, readBytes } from '../base/bytes.ts'
import type { Path, Problems } from '../base/check.ts'
import { checkKeys, isRecord, listWords, nearest } from '../base/check.ts'
import { durationExamples, readDuration } from '../base/duration.ts'

/** Reads the keys of one object of a plan and reports what is wrong with each; every reader gives undefined for a key that is absent or wrong. */
export class Fields {
  readonly problems: Problems
  readonly path: Path
  readonly #values: Readonly<Record<string, unknown>>
  readonly #origins: ReadonlyMap<string, Path>

  /** `origins`: keys that were written elsewhere, such as those that came from `quick`. */
  constructor(
    problems: Problems,
    path: Path,
    value: unknown,
    keys: readonly string[],
    origins: ReadonlyMap<string, Path> = new Map(),
  ) {
    this.problems = problems
    this.path = path
    this.#origins = origins
    if (value !== undefined && !isRecord(value)) problems.add(path, `an object with some of ${listWords(keys)}`, value)
    this.#values = isRecord(value) ? value : {}
    if (origins.size === 0) checkKeys(problems, path, this.#values, keys)
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined
  }

  raw(key: string): unknown {
    return this.#values[key]
  }

  at(key: string): Path {
    return this.#origins.get(key) ?? [...this.path, key]
  }

  wrong(key: string, expected: string, hint?: string): void {
    this.problems.add(this.at(key), expected, this.#values[key], hint)
  }

  string(key: string, expected = 'a text'): string | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    if (typeof value === 'string' && value.trim() !== '') return value
    this.wrong(key, expected)
    return undefined
  }

  boolean(key: string): boolean | undefined {
    const value = this.#values[key]
    if (value === undefined || typeof value === 'boolean') return value
    this.wrong(key, '`true` or `false`')
    return undefined
  }

  /** A whole number from `min` on. */
  count(key: string, min: number): number | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value
    this.wrong(key, min === 0 ? 'a whole number, 0 or more' : `a whole number of at least ${min}`)
    return undefined
  }

  /** Milliseconds; `'0s'` only where `zero` says so. */
  durationMs(key: string, zero: 'zero' | 'positive' = 'positive'): number | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    const ms = readDuration(value)
    if (ms !== undefined && (ms > 0 || zero === 'zero')) return ms
    this.wrong(key, zero === 'zero' ? durationExamples : `${durationExamples}, longer than nothing`, durationHint(value))
    return undefined
  }

  bytes(key: string): number | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    const bytes = readBytes(value)
    if (bytes === undefined) this.wrong(key, bytesExamples)
    return bytes
  }

  strings(key: string, expected = 'a list of texts'): readonly string[] | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    this.wrong(key, expected, typeof value === 'string' ? `Write ['${value}'].` : undefined)
    return undefined
  }

  oneOf<T extends string>(key: string, words: readonly T[]): T | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    const found = words.find((word) => word === value)
    if (found === undefined) {
      const near = typeof value === 'string' ? nearest(value, words) : undefined
      this.wrong(
        key,
        `one of ${words.map((word) => `'${word}'`).join(', ')}`,
        near === undefined ? undefined : `Did you mean '${near}'?`,
      )
    }
    return found
  }

  /** A text for each name. */
  texts(key: string): Readonly<Record<string, string>> | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    if (!isRecord(value)) {
      this.wrong(key, 'an object of texts')
      return undefined
    }
    const texts: Record<string, string> = {}
    for (const [name, text] of Object.entries(value)) {
      if (typeof text === 'string') texts[name] = text
      else this.problems.add([...this.at(key), name], 'a text', text)
    }
    return texts
  }
}

function durationHint(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const number = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value)
  if (!number) return undefined
  const unit = number[2] ?? ''
  return unit === '' ? `Did you mean '${value.trim()}s'?` : `The units are us, ms, s, m, h and d.`
}
