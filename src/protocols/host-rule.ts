import { ToolError } from '../base/errors.ts'

/** Decides which hosts may be loaded. */
export interface HostRule {
  /** Throws HOST_NOT_ALLOWED unless the plan names the host of this URL. */
  check(url: URL): void
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port
  return url.protocol === 'https:' || url.protocol === 'wss:' ? '443' : '80'
}

/** Entries are `host` (any port) or `host:port`; IPv6 addresses in brackets. */
export function createHostRule({ allowed }: { readonly allowed: readonly string[] }): HostRule {
  const entries = new Set(allowed.map((entry) => entry.trim().toLowerCase()))
  return {
    check(url) {
      const host = url.hostname.toLowerCase()
      const withPort = `${host}:${portOf(url)}`
      if (entries.has(host) || entries.has(withPort)) return
      const known = entries.size === 0 ? 'The plan names no host.' : `The plan names: ${[...entries].join(', ')}.`
      throw new ToolError(
        'HOST_NOT_ALLOWED',
        `A request was about to go to ${withPort}, a host that the plan does not name. ${known}`,
        {
          hint: `If this host may be loaded, add it to the plan: allowHosts: ['${withPort}'].`,
        },
      )
    },
  }
}
