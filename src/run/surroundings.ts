import { join } from 'node:path'
import { ToolError } from '../base/errors.ts'
import type { FaultPlaces, PreloadHost } from '../faults/index.ts'
import { openPreload } from '../faults/index.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { RunningService, Supervisor } from '../services/index.ts'
import { createSupervisor } from '../services/index.ts'
import { createKeptData } from './kept-data.ts'
import type { RunLinks } from './links.ts'
import { createLinks } from './links.ts'
import { createPlaces } from './places.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import { createRunHooks } from './run-hooks.ts'
import { createRunProbes } from './run-probes.ts'
import type { Session } from './session.ts'
import { serviceTask } from './service-task.ts'
import type { Forgiveness } from './target-host.ts'
import { createTargetHost } from './target-host.ts'
import { createTargetLook } from './target-look.ts'
import { createTargetReports } from './target-reports.ts'
import type { Task } from './task-runner.ts'
import { createTestTarget } from './test-target.ts'

/** Everything around the generator: services, target, what `setup` made, probes. */
export interface Surroundings {
  readonly tasks: readonly Task[]
  /** What the plan's `setup` returned. */
  shared(): unknown
  services(): Readonly<Record<string, { readonly url: string }>>
  /** Where what must be undone is written down first. */
  supervisor(): Supervisor
  /** Where the faults of a test are done. */
  places(): FaultPlaces
  /** Where the sockets of the users connect to instead, while a fault may stand in the way to the target. */
  routes(): ReturnType<RunLinks['routes']>
  /** By which a rate limiter tells its clients apart, where the plan has a function for it. */
  limiterValues(name: string): Promise<readonly string[]>
  /** Starts the target afresh where the test asks for it, with the test's limits. */
  beforeTest(test: TestSpec): Promise<void>
  /** Asks the probes for what they learned during the test. */
  afterTest(test: TestSpec): Promise<void>
  /** Reads what is there after a test whose scenarios keep an audit. */
  audit(test: TestSpec): Promise<void>
  /** What the target's own log of failed log-ins has. */
  auditCount(attack: string): Promise<number>
  /** Until it is disposed of, a target that dies is what was looked for, and not the end of the run. */
  survivesDeath(): Forgiveness
  /** Of a target that died. */
  restartTarget(): Promise<void>
}

export interface SurroundingsOptions {
  readonly plan: LoadedPlan
  readonly folder: string
  readonly session: Session
  /** Grows with the passwords of the services. */
  readonly secrets: Set<string>
  readonly scratch?: string
}

export function createSurroundings(options: SurroundingsOptions): Surroundings {
  const { plan, folder, session, secrets } = options
  const { spec, dependencyUrls } = plan
  const services: Record<string, RunningService> = {}
  const outFile = join(folder, 'target.log')
  let breaksNow = false

  const addresses = (): Addresses => mapValues(services, ({ url }) => ({ url }))
  const watchdog = createWatchdog(session, options.scratch)
  const supervisor = watchdog.running
  const preload = createPreload(supervisor)
  const links = createLinks({ spec, session, services: addresses })
  const reports = createTargetReports(session, spec)
  const look = createTargetLook(session, outFile)
  /** What the target is told: the proxy's address where it stands in the way. */
  const told = (): Addresses => ({
    ...reports.addresses(),
    ...mapValues(services, ({ url }, name) => ({ url: links.urlFor(name, url) })),
    ...mapValues(dependencyUrls, (url, name) => ({ url: links.urlFor(name, url) })),
  })
  const target = createTargetHost({ plan, session, outFile, secrets, supervisor, addresses: told })
  const targetPid = (): number | undefined => target.running()?.pid
  const hooks = createRunHooks({ plan, session, services: addresses, secrets })
  const probes = createRunProbes({
    ...{ spec, session, folder, targetPid, services: addresses, scraped: reports.scraped },
    breaksNow: () => breaksNow,
  })
  const kept = createKeptData(services, session)
  const testTarget = createTestTarget({ spec, target, links, services, kept, reports, probes, preload: preload.host })
  const places = createPlaces({ links, target: () => target.running(), services, dependencyUrls, preload: preload.host })
  const started = (service: RunningService): void => {
    services[service.name] = service
    for (const secret of service.secrets) secrets.add(secret)
  }

  return {
    tasks: [
      watchdog.task,
      ...Object.entries(spec.services).map(([name, service]) =>
        serviceTask(name, service, { folder, session, supervisor, started }),
      ),
      ...(spec.tests.some((test) => test.links !== undefined) ? [testTarget.proxyTask] : []),
      ...(spec.target?.preload === true ? [preload.task] : []),
      ...(spec.alerts === undefined ? [] : [reports.task]),
      ...(spec.target === undefined ? [] : [testTarget.task]),
      ...(spec.hasSetup || spec.hasTeardown ? [hooks.task] : []),
      ...(spec.tests.some(({ isolate }) => isolate === true) ? [testTarget.keepTask] : []),
      probes.task,
    ],
    shared: () => hooks.shared(),
    services: addresses,
    supervisor,
    places: () => places,
    routes: () => links.routes(),
    async beforeTest(test) {
      await testTarget.beforeTest(test)
      breaksNow = (test.faults ?? []).length + (test.attacks ?? []).length > 0
      if (test.limits !== undefined) session.emit({ kind: 'limits-set', test: test.name, limits: target.running()?.limits ?? [] })
      await look.before(test)
      await reports.before(test, probes.all())
    },
    audit: ({ name }) => hooks.audit(name),
    limiterValues: (name) => hooks.limiterValues(name),
    auditCount: (attack) => hooks.auditCount(attack),
    survivesDeath: () => target.survivesDeath(),
    restartTarget: () => testTarget.restart(),
    async afterTest(test) {
      breaksNow = false
      await Promise.all([reports.after(probes.all()), look.after(test)])
      await probes.takeFacts()
    },
  }
}

type Addresses = Readonly<Record<string, { readonly url: string }>>

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]))
}

/** What outlives us, to end what was started when we are killed. */
function createWatchdog(session: Session, scratch: string | undefined): { readonly task: Task; running: () => Supervisor } {
  let supervisor: Supervisor | undefined
  return {
    task: {
      title: 'watchdog',
      setup: () => {
        const created = createSupervisor()
        supervisor = created
        if (scratch !== undefined) created.addFolder(scratch)
        for (const limitation of created.limitations) session.emit({ kind: 'log', level: 'warn', text: limitation })
        return Promise.resolve(() => created.close())
      },
    },
    running: () => {
      if (supervisor === undefined) throw new ToolError('INTERNAL', 'The watchdog is not running.')
      return supervisor
    },
  }
}

/** What the target loads of ours, when it is started. */
function createPreload(supervisor: () => Supervisor): { readonly task: Task; host: () => PreloadHost | undefined } {
  let host: PreloadHost | undefined
  return {
    task: {
      title: 'preload',
      setup: async () => {
        const opened = await openPreload(supervisor())
        host = opened
        return () => opened.close()
      },
    },
    host: () => host,
  }
}
