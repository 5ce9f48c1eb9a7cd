import { ToolError } from '../base/errors.ts'

/** Reads options that commander gives as `unknown`; a wrong one names itself, what was expected and what came. */
export interface OptionReader {
  flag(name: string): boolean
  text(name: string): string | undefined
  list(name: string): readonly string[]
  /** Given at all. */
  has(name: string): boolean
  /** A whole number within the bounds. @throws ToolError OPTION_INVALID */
  whole(name: string, min: number, max: number): number | undefined
}

/** As it is typed: `--stop-when` of `stopWhen`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

export function readOptions(options: Readonly<Record<string, unknown>>): OptionReader {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  return {
    flag: (name) => options[name] === true,
    text,
    list: (name) => (Array.isArray(options[name]) ? options[name].map(String).filter((part) => part !== '') : []),
    has: (name) => {
      const value = options[name]
      return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
    },
    whole(name, min, max) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (!/^\d+$/.test(value) || number < min || number > max)
        throw new ToolError(
          'OPTION_INVALID',
          `Expected ${flagOf(name)} to be a whole number from ${min} to ${max}, got \`${value}\`.`,
        )
      return number
    },
  }
}
