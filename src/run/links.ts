import { ToolError } from '../base/errors.ts'
import type { FaultLink, Proxy } from '../faults/index.ts'
import { startProxy } from '../faults/index.ts'
import type { LinkProtocol, LinkSpec } from '../model/link-fault.ts'
import type { PlanSpec } from '../model/plan-spec.ts'
import type { ToWorker } from '../model/worker-protocol.ts'
import type { Session } from './session.ts'
import { withAddress } from './with-address.ts'

/** The links of the plan that our proxy stands in now. */
export interface RunLinks {
  /** Opens the links of a test, and shuts those that it does not have. */
  use(names: readonly string[]): Promise<void>
  link(name: string): FaultLink
  /** What the target is given: the address of the proxy where it stands in the way, else the direct one. */
  urlFor(name: string, url: string): string
  /** Where the sockets of the users connect to instead. */
  routes(): NonNullable<Extract<ToWorker, { type: 'test' }>['routes']>
  close(): Promise<void>
}

export interface RunLinksOptions {
  readonly spec: PlanSpec
  readonly session: Session
  /** Direct addresses of the services. */
  readonly services: () => Readonly<Record<string, { readonly url: string }>>
}

/** The proxy's thread is started with the first link. */
export function createLinks({ spec, session, services }: RunLinksOptions): RunLinks {
  const open = new Map<string, FaultLink>()
  let proxy: Promise<Proxy> | undefined
  const running = (): Promise<Proxy> =>
    (proxy ??= startProxy({
      runStartNs: session.clock.startNs,
      onWindows: (windows) => session.write(windows),
      onDeath: (error) =>
        session.end('error', new ToolError('INTERNAL', `The proxy ended by itself: ${error.message}`, { cause: error })),
    }))
  return {
    async use(names) {
      for (const name of [...open.keys()].filter((each) => !names.includes(each))) {
        open.delete(name)
        await (await running()).shut(name)
      }
      for (const name of names) {
        if (open.has(name)) continue
        open.set(name, await (await running()).open(linkSpec(name, spec, services())))
      }
    },
    link(name) {
      const link = open.get(name)
      if (link === undefined) throw new ToolError('INTERNAL', `Our proxy does not stand in the link \`${name}\`.`)
      return link
    },
    urlFor(name, url) {
      const link = open.get(name)
      return link === undefined ? url : withAddress(url, link.address)
    },
    routes() {
      const link = open.get('target')
      return link === undefined || spec.target?.url === undefined ? {} : { [new URL(spec.target.url).origin]: link.address }
    },
    async close() {
      await (await proxy)?.close()
    },
  }
}

function linkSpec(name: string, spec: PlanSpec, services: Readonly<Record<string, { readonly url: string }>>): LinkSpec {
  const protocol = linkProtocol(name, spec)
  const dependency = spec.dependencies?.[name]
  if (dependency !== undefined) return { name, protocol, upstream: { host: dependency.host, port: dependency.port } }
  const text = name === 'target' ? spec.target?.url : services[name]?.url
  if (text === undefined) throw new ToolError('INTERNAL', `The link \`${name}\` leads nowhere.`)
  const url = new URL(text)
  const port = url.port === '' ? (standardPorts[url.protocol] ?? 0) : Number(url.port)
  return { name, protocol, upstream: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port } }
}

/** What is spoken in a link, as far as our proxy understands it. */
export function linkProtocol(name: string, { dependencies = {}, services, target }: PlanSpec): LinkProtocol {
  const service = services[name]
  if (service !== undefined) return service.kind === 'postgres' ? 'postgres' : service.protocol
  if (name === 'target') return target?.url !== undefined && new URL(target.url).protocol === 'http:' ? 'http' : 'tcp'
  return dependencies[name]?.protocol ?? 'tcp'
}

const standardPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'postgres:': 5432, 'postgresql:': 5432 }
