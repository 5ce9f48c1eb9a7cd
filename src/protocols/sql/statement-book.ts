import { ToolError } from '../../base/errors.ts'
import { readDuration } from '../../base/duration.ts'
import { statementName } from './statement-name.ts'

/** Texts whose names are remembered. */
const remembered = 5_000
/** Each is a prepared statement in every connection: a plan that writes its values into its texts must not fill the database's memory. */
const mostPrepared = 500

/** What is known of the texts, names and durations that scenarios write over and over. */
export class StatementBook {
  readonly #names = new Map<string, string>()
  readonly #prepared = new Map<string, string>()
  readonly #durations = new Map<string, number>()

  // hot
  nameOf(text: string): string {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (this.#names.size >= remembered) this.#names.clear()
    const name = statementName(text)
    this.#names.set(text, name)
    return name
  }

  /** The name to prepare a text by; undefined: there are too many of them. // hot */
  preparedAs(text: string): string | undefined {
    const known = this.#prepared.get(text)
    if (known !== undefined || this.#prepared.size >= mostPrepared) return known
    const name = `proofload_${this.#prepared.size + 1}`
    this.#prepared.set(text, name)
    return name
  }

  /** @throws ToolError PLAN_INVALID */
  milliseconds(where: string, duration: string | number): number {
    if (typeof duration === 'string') {
      const known = this.#durations.get(duration)
      if (known !== undefined) return known
    }
    const ms = readDuration(duration)
    if (ms === undefined || ms <= 0)
      throw new ToolError('PLAN_INVALID', `Expected \`timeout\` of ${where} to be a duration such as '5s', got \`${duration}\`.`)
    if (typeof duration === 'string' && this.#durations.size < remembered) this.#durations.set(duration, ms)
    return ms
  }
}
