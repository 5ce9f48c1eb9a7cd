import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { DependencySpec } from '../model/plan-spec.ts'
import { isNear } from './near-host.ts'

const examples = "an address such as 'http://127.0.0.1:9000', 'postgres://user@127.0.0.1/shop' or 'tcp://127.0.0.1:9000'"

const schemes = {
  'tcp:': { protocol: 'tcp', port: undefined },
  'http:': { protocol: 'http', port: 80 },
  'postgres:': { protocol: 'postgres', port: 5432 },
  'postgresql:': { protocol: 'postgres', port: 5432 },
} as const

export interface ResolvedDependencies {
  readonly specs: Readonly<Record<string, DependencySpec>>
  /** As the plan has them, with their passwords. */
  readonly urls: Readonly<Record<string, string>>
  /** The passwords. */
  readonly secrets: readonly string[]
}

/** What the target depends on and the plan does not start. `taken`: names that are not free. */
export function resolveDependencies(
  problems: Problems,
  value: unknown,
  { taken, iOwn }: { readonly taken: readonly string[]; readonly iOwn: readonly string[] },
): ResolvedDependencies {
  const specs: Record<string, DependencySpec> = {}
  const urls: Record<string, string> = {}
  const secrets: string[] = []
  if (value !== undefined && !isRecord(value))
    problems.add(['dependencies'], "an object such as `{ payments: 'http://127.0.0.1:9000' }`", value)
  for (const [name, item] of isRecord(value) ? Object.entries(value) : []) {
    const path = ['dependencies', name]
    if (!/^[A-Za-z_][\w-]*$/.test(name)) problems.add(path, 'a name of letters, digits, `_` and `-`', name)
    if (taken.includes(name)) problems.add(path, 'a name that neither a service nor a family of metrics has', name)
    const url = typeof item === 'string' && URL.canParse(item) ? new URL(item) : undefined
    const scheme = Object.entries(schemes).find(([each]) => each === url?.protocol)?.[1]
    const port = url === undefined || url.port === '' ? scheme?.port : Number(url.port)
    if (typeof item !== 'string' || url === undefined || scheme === undefined || url.hostname === '' || port === undefined) {
      // The text may hold a password.
      problems.addText(
        path,
        examples,
        typeof item === 'string' ? `something else${isTls(url) ? ' (TLS)' : ''}` : 'no text',
        isTls(url) ? "Through a proxy its certificate would not fit: give the address as 'tcp://host:443'." : undefined,
      )
      continue
    }
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    if (!isNear(host) && !iOwn.includes(host) && !iOwn.includes(`${host}:${port}`))
      problems.addText(
        path,
        'an address of this machine or of a private network, or a host that is listed in `iOwn`',
        `\`${host}\``,
      )
    specs[name] = { protocol: scheme.protocol, host, port, path: url.pathname.replace(/\/+$/, '') }
    urls[name] = item.replace(/\/+$/, '')
    if (url.password !== '') secrets.push(...new Set([url.password, decodeURIComponent(url.password)]))
  }
  return { specs, urls, secrets }
}

function isTls(url: URL | undefined): boolean {
  return url?.protocol === 'https:'
}
