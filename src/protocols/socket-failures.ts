import type { FailureKind } from '../model/sample.ts'

const byCode: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout-connect',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
}

const ours: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL:
    'this machine has no free source port or address left (EADDRNOTAVAIL): keep connections alive, or name more source addresses',
  EMFILE: 'this process may open no more files (EMFILE): raise `ulimit -n`',
  ENFILE: 'this machine can open no more files (ENFILE)',
}

export interface SocketFailure {
  readonly kind: FailureKind
  readonly message: string
}

/** What a socket's error means. `handshaking`: the TCP connection stands and TLS is being agreed on. */
export function classifySocketError(error: Error, { handshaking }: { readonly handshaking: boolean }): SocketFailure {
  const code = codeOf(error)
  const own = ours[code]
  if (own !== undefined) return { kind: 'exception', message: own }
  const message = error.message === '' ? code : error.message
  if (handshaking) return { kind: 'tls', message }
  const known = byCode[code]
  if (known !== undefined) return { kind: known, message }
  return { kind: /^(ERR_TLS|ERR_SSL|CERT_|EPROTO)/.test(code) ? 'tls' : 'reset', message }
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  return ''
}
