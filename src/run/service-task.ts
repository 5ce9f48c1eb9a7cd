import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ToolError } from '../base/errors.ts'
import type { ServiceSpec } from '../model/plan-spec.ts'
import type { RunningService, Supervisor } from '../services/index.ts'
import { startService } from '../services/index.ts'
import type { Session } from './session.ts'
import { lastWords } from './target-host.ts'
import type { Task } from './task-runner.ts'

export interface ServiceTaskOptions {
  readonly folder: string
  readonly session: Session
  readonly supervisor: () => Supervisor
  readonly started: (service: RunningService) => void
}

/** Starts a service of the plan, and ends the run when it ends by itself. */
export function serviceTask(name: string, spec: ServiceSpec, options: ServiceTaskOptions): Task {
  const { folder, session, supervisor } = options
  const logFolder = join(folder, 'services')
  const outFile = join(logFolder, `${name}.log`)
  return {
    title: `service ${name}`,
    setup: async () => {
      mkdirSync(logFolder, { recursive: true })
      const ready = (pid: number | undefined, version?: string): void =>
        session.emit({
          kind: 'service-ready',
          name,
          ...(pid === undefined ? {} : { pid }),
          ...(version === undefined ? {} : { version }),
        })
      const service = await startService(name, spec, {
        supervisor: supervisor(),
        outFile,
        signal: session.signal,
        onStartedAgain: ({ pid }) => ready(pid, service.version),
      })
      options.started(service)
      ready(service.pid, service.version)
      let stopping = false
      void service.exited.then(({ lastLines }) => {
        if (stopping) return
        const text = `The service \`${name}\` ended by itself during the run. ${lastWords(lastLines)}`
        session.end('error', new ToolError('SERVICE_DIED', text, { hint: `All of its output: ${outFile}` }))
      })
      return () => {
        stopping = true
        return service.stop()
      }
    },
  }
}
