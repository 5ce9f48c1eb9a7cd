import type { ServiceSpec } from '../model/plan-spec.ts'
import { startPostgres } from './postgres/start-postgres.ts'
import { useDatabase } from './postgres/use-database.ts'
import type { RunningService, ServiceOptions } from './running-service.ts'
import { startProcess } from './start-process.ts'

/** Starts a service of the plan, or finds the one that an environment variable names. Throws SERVICE_NOT_STARTED. */
export function startService(name: string, spec: ServiceSpec, options: ServiceOptions): Promise<RunningService> {
  if (spec.kind === 'process') return startProcess(name, spec, options)
  return spec.urlFromEnv === undefined ? startPostgres(name, spec, options) : useDatabase(name, spec.urlFromEnv, options)
}
