import type { Bytes, Duration } from './units.ts'

export interface HttpOptions {
  /** The whole exchange, or each part; default `{ connect: '5s', total: '30s' }`, `firstByte` as `total`. */
  readonly timeout?: Duration | { readonly connect?: Duration; readonly firstByte?: Duration; readonly total?: Duration }
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Redirects to follow; default 5; 0: give the 3xx answer back. */
  readonly redirects?: number
  readonly tls?: {
    /** Check the server's certificate; default true. */
    readonly verify?: boolean
    readonly servername?: string
    /** PEM text, or path of a PEM file. */
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
  }
  /** `per-user`: each user has sockets of its own, as browsers do; `shared`: one pool a worker; `auto` (default): `per-user` when closed, `shared` when open. */
  readonly connections?: 'per-user' | 'shared' | 'auto'
  /** Sockets of one user to one origin; default 6. */
  readonly maxConnectionsPerUser?: number
  /** Sockets of one worker to one origin; default 4096. */
  readonly maxConnections?: number
  /** Default true. */
  readonly keepAlive?: boolean
  /** Source addresses in turn, to look like many clients: `'127.0.0.2-50'`, or a list. */
  readonly localAddresses?: string | readonly string[]
  /** Most bytes of a body to keep for the scenario; the rest is read and counted. Default `'8MB'`. */
  readonly keepBody?: Bytes
  /** An answer with more than this fails; default `'1GB'`. */
  readonly maxBody?: Bytes
  /** Default `'64KiB'`. */
  readonly maxHeader?: Bytes
}
