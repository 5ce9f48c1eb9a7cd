import { isIP } from 'node:net'
import { ApiError } from './api-error.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Reads `host:port`; no host, or every address, is this machine. @throws ApiError when it is neither this machine nor one of `iOwn` */
export function readAddress(field: 'listen' | 'upstream', text: string, iOwn: readonly string[]): HostPort {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535)
    throw new ApiError(400, `expected ${field} to be HOST:PORT, got ${JSON.stringify(text)}`)
  const given = bracketed ?? plain ?? ''
  const host = ['', '0.0.0.0', '::', 'localhost'].includes(given) ? '127.0.0.1' : given
  if (!isLoopback(host) && !iOwn.includes(host))
    throw new ApiError(
      403,
      `${field} ${host} is not this machine: start \`proofload proxy\` with --i-own ${host} if you may break it`,
    )
  return { host, port }
}

export function formatAddress({ host, port }: HostPort): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
