import type { PlanSpec } from '../model/plan-spec.ts'
import { isNear } from './near-host.ts'

/** Every host (`host` or `host:port`) that requests of this plan may go to. Services are spoken to by the target, not by users, so they are not among them. */
export function allowedHosts({ target, allowHosts }: Pick<PlanSpec, 'target' | 'allowHosts'>): readonly string[] {
  return target?.url === undefined ? allowHosts : [new URL(target.url).host, ...allowHosts]
}

/** Every host that statements of this plan may go to: databases among its services, which have to be near or owned, and what it names besides. */
export function databaseHosts(
  { allowHosts, iOwn }: Pick<PlanSpec, 'allowHosts' | 'iOwn'>,
  services: Readonly<Record<string, { readonly url: string }>>,
): readonly string[] {
  const near = Object.values(services).flatMap(({ url }) => {
    const { protocol, hostname, port } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '', port: '' }
    if (!/^postgres(ql)?:$/.test(protocol) || hostname === '' || !isNear(hostname)) return []
    return [`${hostname}:${port === '' ? '5432' : port}`]
  })
  return [...allowHosts, ...iOwn, ...near]
}
