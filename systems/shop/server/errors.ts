/** An error whose message the client may see, with its HTTP status. */
export class ShopError extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.statusCode = statusCode
    this.code = code
  }
}

export const notFound = (what: string): ShopError => new ShopError(404, 'not_found', `There is no such ${what}.`)

/** The client should come back later: no connection, no time left, or no database. */
export const overloaded = (message: string, cause?: unknown): ShopError => new ShopError(503, 'overloaded', message, cause)

export interface ErrorAnswer {
  readonly status: number
  readonly body: { readonly error: string; readonly message: string }
}

/** What a client gets to see of any error: the words of our own and of the framework's client errors, nothing of the rest. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof ShopError) return { status: error.statusCode, body: { error: error.code, message: error.message } }
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code.toLowerCase() : 'bad_request'
    return { status: error.statusCode, body: { error: code, message: error.message } }
  }
  return { status: 500, body: { error: 'internal', message: 'Something went wrong.' } }
}
