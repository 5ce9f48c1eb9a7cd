import { describeValue } from '../../base/check.ts'
import { ToolError } from '../../base/errors.ts'
import type { MessageEngine, SocketAddress } from '../messages/index.ts'

/** Where a TCP connection leads: `host:port`, or `:port` of the target's host. Throws ToolError for one that cannot be used or is not allowed. */
export function tcpAddress(
  text: unknown,
  tls: boolean,
  { base, hosts, routes }: Pick<MessageEngine, 'base' | 'hosts' | 'routes'>,
): { readonly address: SocketAddress; readonly label: string } {
  const parts = typeof text === 'string' ? /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]*):(\d{1,5})$/i.exec(text) : null
  const port = Number(parts?.[2])
  if (parts === null || port < 1 || port > 65_535) {
    throw new ToolError(
      'PLAN_INVALID',
      `Expected tcp.connect(…) to be given an address such as '127.0.0.1:7000', got ${describeValue(text)}.`,
      {
        hint: "A port alone, ':7000', is one of the target's host.",
      },
    )
  }
  const named = parts[1] ?? ''
  if (named === '' && base === undefined) {
    throw new ToolError('PLAN_INVALID', `Expected tcp.connect(…) to be given a host as well, got ${describeValue(text)}.`, {
      hint: 'A port alone needs `target.url` in the plan.',
    })
  }
  const host = named === '' ? (base?.hostname ?? '') : named
  // Who says "a port of the target" has named the host as the one to be loaded.
  if (named !== '') hosts.check(new URL(`tcp://${host}:${port}`))
  return {
    address: { host: host.replace(/^\[|\]$/g, ''), port, tls, via: routeOf(`${host}:${port}`, routes) },
    label: named === '' ? `:${port}` : `${host}:${port}`,
  }
}

/** A proxy that stands before the target's own port, whichever of its protocols is spoken there. */
function routeOf(address: string, routes: MessageEngine['routes']): SocketAddress['via'] {
  for (const [origin, via] of Object.entries(routes)) {
    const { hostname, port, protocol } = new URL(origin)
    const standard = protocol === 'https:' ? '443' : '80'
    if (`${hostname}:${port === '' ? standard : port}` === address.toLowerCase()) return via
  }
  return undefined
}
