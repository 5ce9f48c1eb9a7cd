import type { FaultPlaces, FaultPreload, FaultProcess } from '../faults/index.ts'
import type { ProcessRef } from '../model/process-fault.ts'
import type { RunningService, RunningTarget } from '../services/index.ts'
import { databaseClient, namedProcess } from '../services/index.ts'
import type { RunLinks } from './links.ts'

export interface PlacesOptions {
  readonly links: RunLinks
  readonly target: () => RunningTarget | undefined
  readonly services: Readonly<Record<string, RunningService>>
  /** Of the dependencies, with their passwords. */
  readonly dependencyUrls: Readonly<Record<string, string>>
  /** Absent: nothing of ours is in the target. */
  readonly preload: () => FaultPreload | undefined
}

/** Where faults are done in this run. What the plan does not have is refused when the plan is resolved; what has gone meanwhile throws. */
export function createPlaces({ links, target, services, dependencyUrls, preload }: PlacesOptions): FaultPlaces {
  return {
    link: (name) => links.link(name),
    process: (ref) => found(processOf(ref, { target: target(), services }), `the process of ${ref} is not known`),
    database(name) {
      const service = services[name]
      const url = found(service?.url ?? dependencyUrls[name], `there is no database ${name}`)
      return { isOurs: service?.process?.isOurs === true, client: () => databaseClient(url) }
    },
    preload: () => found(preload(), 'nothing of ours is in the target'),
  }
}

function processOf(
  ref: ProcessRef,
  { target, services }: { readonly target: RunningTarget | undefined; readonly services: PlacesOptions['services'] },
): FaultProcess | undefined {
  if (typeof ref === 'number') return namedProcess(ref)
  return ref === 'target' ? target?.process : services[ref]?.process
}

function found<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise)
  return value
}
