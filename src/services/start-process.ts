import type { ProcessServiceSpec } from '../model/plan-spec.ts'
import { freePort } from './free-port.ts'
import type { RunningService, ServiceOptions } from './running-service.ts'
import { addressOf } from './ready.ts'
import { startTarget } from './start-target.ts'

/** A command of the plan that runs beside the target. It is started, watched and stopped as the target is. */
export async function startProcess(name: string, spec: ProcessServiceSpec, options: ServiceOptions): Promise<RunningService> {
  const url = await addressed(spec.url)
  const { start, cwd, ready, readyTimeoutSec, stopTimeoutSec, env } = spec
  const running = await startTarget(
    { url, start, cwd, readyTimeoutSec, stopTimeoutSec, ...(ready === undefined ? {} : { ready }) },
    {
      ...options,
      env: { PORT: String(addressOf(url).port), ...env },
      called: { title: `service ${name}`, path: `services.${name}`, code: 'SERVICE_NOT_STARTED' },
    },
  )
  const { pid, process, exited } = running
  return {
    name,
    url,
    secrets: [],
    exited,
    stop: () => running.stop(),
    ...(pid === undefined ? {} : { pid }),
    ...(process === undefined ? {} : { process }),
  }
}

/** With a free port in place of port 0. */
async function addressed(given: string): Promise<string> {
  const url = new URL(given)
  if (url.port !== '0') return given
  url.port = String(await freePort())
  return url.href.replace(/\/+$/, '')
}
