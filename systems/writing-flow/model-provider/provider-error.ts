/** `rate-limited` is the provider's 429: too many calls at once, or too many tokens a second. `unavailable` is its 500 or 503. */
export type ProviderErrorKind = 'rate-limited' | 'unavailable'

export class ProviderError extends Error {
  readonly kind: ProviderErrorKind
  /** What the provider asks callers to wait; 0 when it says nothing. */
  readonly retryAfterMs: number

  constructor(kind: ProviderErrorKind, message: string, retryAfterMs = 0) {
    super(message)
    this.name = 'ProviderError'
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}
