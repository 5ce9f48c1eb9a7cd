import { ChatError } from './errors.ts'

/** Limits of what anybody may send, at every door. */
export const limits = {
  userName: 32,
  passwordAtLeast: 8,
  password: 200,
  roomName: 64,
  text: 4_000,
  page: 200,
  /** Of one message over WebSocket or TCP. */
  messageBytes: 16 * 1024,
  roomsOfSession: 50,
} as const

const userName = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u
const roomName = /^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u

/** Reads fields of what came in: types always, limits unless validation is switched off to see what it costs. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #isStrict: boolean

  constructor(values: Readonly<Record<string, unknown>>, isStrict: boolean) {
    this.#values = values
    this.#isStrict = isStrict
  }

  userName(key: string): string {
    const name = this.#text(key, 1, limits.userName)
    if (this.#isStrict && !userName.test(name)) throw invalid(key, 'letters, digits, dots, dashes and underscores')
    return name
  }

  roomName(key: string): string {
    const name = this.#text(key, 1, limits.roomName)
    if (this.#isStrict && !roomName.test(name)) throw invalid(key, 'letters, digits, blanks, dots, dashes and underscores')
    return name
  }

  password(key: string): string {
    return this.#text(key, limits.passwordAtLeast, limits.password)
  }

  text(key: string): string {
    return this.#text(key, 1, limits.text)
  }

  token(key: string): string {
    return this.#text(key, 1, 1_000)
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined
  }

  /** Undefined when it is absent. */
  wholeNumber(key: string, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(key, 'a whole number')
    if (value < 0 || (this.#isStrict && value > most)) throw invalid(key, `a whole number from 0 to ${most}`)
    return value
  }

  #text(key: string, least: number, most: number): string {
    const value = this.#values[key]
    if (typeof value !== 'string') throw invalid(key, 'a text')
    if (!this.#isStrict) return value
    if (value.length < least || value.length > most) throw invalid(key, `a text of ${least} to ${most} characters`)
    // PostgreSQL has no NUL in a text, and half a surrogate pair is no character.
    if (value.includes('\0') || !isWellFormed(value)) throw invalid(key, 'a text of Unicode characters')
    return value
  }
}

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

const invalid = (key: string, expected: string): ChatError => new ChatError('invalid', `Expected "${key}" to be ${expected}.`)
