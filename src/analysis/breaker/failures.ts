import type { LinkAction, LinkProtocol } from '../../model/link-fault.ts'

export interface Failures {
  /** Every call fails at once. */
  readonly error: LinkAction
  /** Only of HTTP: what a client is to blame for. */
  readonly httpOnly?: LinkAction
  readonly reset: LinkAction
  /** Calls get through and no answer comes back. */
  readonly silent: LinkAction
  readonly slow: Extract<LinkAction, { readonly kind: 'latency' }>
}

/** How a dependency of this kind fails. */
export function failures(protocol: LinkProtocol, on: string): Failures {
  const reset: LinkAction = { kind: 'reset', on }
  const silent: LinkAction = { kind: 'blackhole', on, direction: 'down' }
  const slow = {
    ...{ kind: 'latency' as const, on, delayMs: 500, jitterMs: 0 },
    ...{ distribution: 'normal' as const, direction: 'down' as const, firstByte: true },
  }
  switch (protocol) {
    case 'http':
      return { error: { kind: 'status', on, status: 500 }, httpOnly: { kind: 'status', on, status: 400 }, reset, silent, slow }
    case 'postgres':
      return { error: { kind: 'postgres-error', on, code: '40001' }, reset, silent, slow }
    case 'tcp':
      return { error: reset, reset, silent, slow }
  }
}

/** The proxy lets a number or a share of the calls fail, and not of the connections. */
export function isCounted({ kind }: LinkAction): boolean {
  return kind === 'status' || kind === 'postgres-error'
}
