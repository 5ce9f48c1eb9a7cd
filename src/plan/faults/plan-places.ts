import type { Problems } from '../../base/check.ts'
import type { LinkProtocol } from '../../model/link-fault.ts'
import type { DependencySpec, ServiceSpec, TargetSpec } from '../../model/plan-spec.ts'
import { isNear } from '../near-host.ts'

/** What of a plan faults can be done to, by name. */
export interface PlanPlaces {
  readonly byName: ReadonlyMap<string, PlanPlace>
  /** Why nothing can be done inside the target; absent: it is preloaded. */
  readonly noPreload?: string
  /** With `--target`: what that target does not allow is no mistake of the plan, and is told here. */
  readonly unfit?: Problems
}

export interface PlanPlace {
  /** What is spoken on the way to it; absent: there is no way to it. */
  readonly protocol?: LinkProtocol
  /** Why our proxy cannot stand in that way. */
  readonly noLink?: string
  /** Its process is known. */
  readonly isProcess: boolean
  /** It is started by the plan, so that it can be started again. */
  readonly isOurs: boolean
  /** Absent: it is no database. A text: why nothing is done in it. */
  readonly database?: true | string
}

export interface PlaceSources {
  readonly target: TargetSpec | undefined
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly dependencies: Readonly<Record<string, DependencySpec>>
  /** `target.env` is a function of the services: it can be given other addresses. */
  readonly isEnvFunction: boolean
  readonly iOwn: readonly string[]
}

export function planPlaces(sources: PlaceSources): PlanPlaces {
  const { target, services, dependencies } = sources
  const byName = new Map<string, PlanPlace>()
  if (target !== undefined) byName.set('target', targetPlace(target, sources))
  for (const [name, service] of Object.entries(services)) byName.set(name, servicePlace(service, sources))
  for (const [name, { protocol, host }] of Object.entries(dependencies)) {
    const far = farHost(host, sources)
    byName.set(name, {
      protocol,
      ...noLink(far ?? notHanded(sources)),
      isProcess: false,
      isOurs: false,
      ...(protocol === 'postgres' ? { database: far ?? true } : {}),
    })
  }
  const preload = target?.start === undefined ? 'the plan does not start the target' : '`target.preload` is not `true`'
  return { byName, ...(target?.start !== undefined && target.preload === true ? {} : { noPreload: preload }) }
}

function targetPlace({ url, start, attach }: TargetSpec, sources: PlaceSources): PlanPlace {
  const process = { isProcess: start !== undefined || attach !== undefined, isOurs: start !== undefined }
  if (url === undefined) return process
  const { protocol, hostname } = new URL(url)
  return { ...process, protocol: protocol === 'http:' ? 'http' : 'tcp', ...noLink(farHost(hostname, sources)) }
}

function servicePlace(service: ServiceSpec, sources: PlaceSources): PlanPlace {
  if (service.kind === 'process') {
    const { protocol } = service
    const database = protocol === 'postgres' ? { database: true as const } : {}
    return { protocol, ...noLink(notHanded(sources)), isProcess: true, isOurs: true, ...database }
  }
  const far = service.urlFromEnv === undefined ? undefined : farHost(hostOf(process.env[service.urlFromEnv]), sources)
  const isOurs = service.urlFromEnv === undefined
  return { protocol: 'postgres', ...noLink(far ?? notHanded(sources)), isProcess: isOurs, isOurs, database: far ?? true }
}

function hostOf(url = ''): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

function farHost(host: string, { iOwn }: PlaceSources): string | undefined {
  return host === '' || isNear(host) || iOwn.includes(host)
    ? undefined
    : `\`${host}\` is not on this machine or in a private network, and not in \`iOwn\``
}

/** The target learns the address of the proxy when it starts, from `env`. */
function notHanded({ target, isEnvFunction }: PlaceSources): string | undefined {
  if (target?.start === undefined)
    return 'the plan does not start the target, so that it cannot be given the address of the proxy'
  return isEnvFunction ? undefined : '`target.env` is no function, so that the target cannot be given the address of the proxy'
}

function noLink(reason: string | undefined): Pick<PlanPlace, 'noLink'> {
  return reason === undefined ? {} : { noLink: reason }
}
