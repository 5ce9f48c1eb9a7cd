export type ErrorCode =
  | 'invalid'
  | 'unknown-command'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'rate-limited'
  | 'blocked'
  | 'draining'
  | 'overloaded'
  | 'internal'

const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  'unknown-command': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'rate-limited': 429,
  blocked: 403,
  draining: 503,
  overloaded: 503,
  internal: 500,
}

export interface ChatErrorOptions {
  readonly cause?: unknown
  readonly retryAfterSec?: number
}

/** What a client is told, at every door: over REST with its status, over the others as an event `error`. */
export class ChatError extends Error {
  readonly code: ErrorCode
  readonly statusCode: number
  readonly retryAfterSec: number | undefined

  constructor(code: ErrorCode, message: string, { cause, retryAfterSec }: ChatErrorOptions = {}) {
    super(message, { cause })
    this.code = code
    this.statusCode = statusOf[code]
    this.retryAfterSec = retryAfterSec
  }
}

/** The client should come back later. */
export const overloaded = (message: string, cause?: unknown): ChatError =>
  new ChatError('overloaded', message, { cause, retryAfterSec: 1 })

/** Any error as the client may see it: our own words and those about a wrong request, nothing of the rest. */
export function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    return new ChatError(codeOf(error.statusCode), error.message, { cause: error })
  }
  return new ChatError('internal', 'Something went wrong.', { cause: error })
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  return 'invalid'
}
