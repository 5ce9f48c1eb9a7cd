/**
 * Why no text was written: `queue-full`: turned away at the door; `circuit-open`: the provider is known to be down, nobody was asked;
 * `rate-limited`, `unavailable`: the provider's last answer after all retries; `not-saved`: the disk did not take it; `closed`: the flow was shut down.
 */
export type FlowErrorCode = 'queue-full' | 'circuit-open' | 'rate-limited' | 'unavailable' | 'not-saved' | 'closed'

export class FlowError extends Error {
  readonly code: FlowErrorCode

  constructor(code: FlowErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'FlowError'
    this.code = code
  }
}
