import type { ErrorCode } from './error-codes.ts'
import { errorCodes } from './error-codes.ts'

export interface ToolErrorOptions {
  /** What the reader can do about it. */
  readonly hint?: string
  /** Where: a path in the plan (`tests.peak.for`), a file, an option. */
  readonly where?: string
  readonly cause?: unknown
}

/** An error of the user, the machine or the target that ends what was asked for; never a failure of a request (those are data). */
export class ToolError extends Error {
  readonly code: ErrorCode
  readonly exitCode: number
  readonly hint: string | undefined
  readonly where: string | undefined

  constructor(code: ErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ToolError'
    this.code = code
    this.exitCode = errorCodes[code].exitCode
    this.hint = options.hint
    this.where = options.where
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
