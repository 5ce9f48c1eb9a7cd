import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { LogLevel } from '../base/capture-console.ts'
import { ToolError } from '../base/errors.ts'
import { shortestSecret } from '../base/secrets.ts'
import type { AuditHook } from '../model/audit-record.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { FaultPlaces, PreloadHost } from '../faults/index.ts'
import { openPreload } from '../faults/index.ts'
import type { Probe } from '../probes/index.ts'
import { createProbes } from '../probes/index.ts'
import type { RunningService, Supervisor } from '../services/index.ts'
import { createSupervisor } from '../services/index.ts'
import { openFinalAudit } from './final-audit.ts'
import { createKeptData } from './kept-data.ts'
import type { RunLinks } from './links.ts'
import { createLinks } from './links.ts'
import { createPlaces } from './places.ts'
import { runAudit, runAuditCount, runSetup, runTeardown } from './plan-hooks.ts'
import type { LoadedPlan } from './prepare-plan.ts'
import { startProbeLoop } from './probe-loop.ts'
import type { Session } from './session.ts'
import { serviceTask } from './service-task.ts'
import type { Forgiveness } from './target-host.ts'
import { createTargetHost } from './target-host.ts'
import { createTargetLook } from './target-look.ts'
import { createTargetReports } from './target-reports.ts'
import type { Task } from './task-runner.ts'

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

/** Longest time for the plan's `audit`: to read a million ids page by page takes a minute. */
const auditMs = 300_000

export function createSurroundings(options: SurroundingsOptions): Surroundings {
  const { plan, folder, session, secrets } = options
  const { spec, code } = plan
  const services: Record<string, RunningService> = {}
  let supervisor: Supervisor | undefined
  let probes: readonly Probe[] = []
  let shared: unknown
  let testsOnThisTarget = 0
  let breaksNow = false
  const outFile = join(folder, 'target.log')
  const look = createTargetLook(session, outFile)
  const reports = createTargetReports(session, spec)
  let limits = spec.tests[0]?.limits
  let linksNow = spec.tests[0]?.links ?? []
  let variantEnv = spec.tests[0]?.variant?.env

  const links = createLinks({ spec, session, services: () => addresses() })
  const given = (name: string, url: string): readonly [string, { url: string }] => [name, { url: links.urlFor(name, url) }]
  /** What the target is told: the proxy's address where it stands in the way. */
  const targetAddresses = (): Readonly<Record<string, { url: string }>> =>
    Object.fromEntries([
      ...Object.entries(reports.addresses()),
      ...Object.entries(services).map(([name, { url }]) => given(name, url)),
      ...Object.entries(plan.dependencyUrls).map(([name, url]) => given(name, url)),
    ])
  const addresses = (): Readonly<Record<string, { url: string }>> =>
    Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, { url }]))
  let preload: PreloadHost | undefined
  const places = createPlaces({
    links,
    target: () => target.running(),
    services,
    dependencyUrls: plan.dependencyUrls,
    preload: () => preload,
  })
  const hookContext = () => ({
    spec,
    services: addresses(),
    signal: session.signal,
    hurry: session.hurrySignal,
    log: (level: LogLevel, text: string) => session.emit({ kind: 'log', level, text }),
    audit: (hook: AuditHook) => openFinalAudit(session, hook),
  })
  const running = (): Supervisor => {
    if (supervisor === undefined) throw new ToolError('INTERNAL', 'The watchdog is not running.')
    return supervisor
  }

  const target = createTargetHost({
    plan,
    session,
    outFile,
    secrets,
    supervisor: running,
    addresses: () => targetAddresses(),
  })
  const startIt = async (): Promise<void> => {
    testsOnThisTarget = 0
    reports.startsAfresh()
    await target.start({ limits, preload, env: variantEnv })
  }

  const watchdog: Task = {
    title: 'watchdog',
    setup: () => {
      const created = createSupervisor()
      supervisor = created
      if (options.scratch !== undefined) created.addFolder(options.scratch)
      for (const limitation of created.limitations) session.emit({ kind: 'log', level: 'warn', text: limitation })
      return Promise.resolve(() => created.close())
    },
  }

  const started = (service: RunningService): void => {
    services[service.name] = service
    for (const secret of service.secrets) secrets.add(secret)
  }
  const serviceTasks = Object.entries(spec.services).map(([name, service]) =>
    serviceTask(name, service, { folder, session, supervisor: running, started }),
  )

  const kept = createKeptData(services, session)

  /** What a command of the plan kept in memory is of the tests before; what a database keeps stays. */
  const renewCommands = async (): Promise<void> => {
    for (const [name, { kind }] of Object.entries(spec.services))
      if (kind === 'process') await services[name]?.process?.startAfresh?.()
  }

  const proxy: Task = {
    title: 'proxy',
    setup: async () => {
      await links.use(linksNow)
      return () => links.close()
    },
  }

  const preloadTask: Task = {
    title: 'preload',
    setup: async () => {
      const opened = await openPreload(running())
      preload = opened
      return () => opened.close()
    },
  }

  const targetTask: Task = {
    title: 'target',
    setup: async () => {
      await startIt()
      return () => target.stop()
    },
  }

  const hooks: Task = {
    title: 'setup of the plan',
    setup: async () => {
      shared = await runSetup(code, hookContext())
      return () => runTeardown(code, { ...hookContext(), signal: AbortSignal.timeout(60_000) }, shared)
    },
  }

  const keepData: Task = {
    title: 'template of the data',
    setup: async () => {
      await target.stop()
      await kept.keep()
      await startIt()
      return undefined
    },
  }

  const probeTask: Task = {
    title: 'probes',
    setup: async () => {
      const created = await createProbes(spec.probes, {
        targetPid: () => target.running()?.pid,
        ...(spec.target?.url === undefined ? {} : { targetUrl: spec.target.url }),
        services: addresses(),
        folder,
        breaksNow: () => breaksNow,
        scraped: reports.scraped,
      })
      probes = created.probes
      for (const { probe, reason } of created.unavailable) session.emit({ kind: 'probe-unavailable', probe, reason })
      session.emit({
        kind: 'probe-units',
        units: Object.assign({}, ...probes.map((probe) => probe.units)) as Record<string, string>,
      }) // units are records of strings
      const stopLoop = startProbeLoop(probes, session)
      return async () => {
        await stopLoop()
        await Promise.all(probes.map((probe) => probe.stop()))
      }
    },
  }

  return {
    tasks: [
      watchdog,
      ...serviceTasks,
      ...(spec.tests.some((test) => test.links !== undefined) ? [proxy] : []),
      ...(spec.target?.preload === true ? [preloadTask] : []),
      ...(spec.alerts === undefined ? [] : [reports.task]),
      ...(spec.target === undefined ? [] : [targetTask]),
      ...(spec.hasSetup || spec.hasTeardown ? [hooks] : []),
      ...(spec.tests.some(({ isolate }) => isolate === true) ? [keepData] : []),
      probeTask,
    ],
    shared: () => shared,
    services: addresses,
    supervisor: running,
    places: () => places,
    routes: () => links.routes(),
    async beforeTest(test) {
      const wanted = test.links ?? []
      const isOther = !isDeepStrictEqual(test.limits, limits) || !isDeepStrictEqual(behind(wanted), behind(linksNow))
      limits = test.limits
      linksNow = wanted
      const isOtherVariant = !isDeepStrictEqual(test.variant?.env, variantEnv)
      variantEnv = test.variant?.env
      const isRestored = kept.isWanted(test)
      const restarts =
        (isOther || isOtherVariant || isRestored || (test.fresh && testsOnThisTarget > 0)) && spec.target?.start !== undefined
      if (restarts) await target.stop()
      if (restarts && test.fresh) await renewCommands()
      if (isRestored) {
        await kept.restore(test)
        for (const probe of probes) await probe.renewed?.()
      }
      kept.used()
      await links.use(wanted)
      if (restarts) await startIt()
      testsOnThisTarget += 1
      breaksNow = (test.faults ?? []).length + (test.attacks ?? []).length > 0
      if (limits !== undefined) session.emit({ kind: 'limits-set', test: test.name, limits: target.running()?.limits ?? [] })
      await look.before(test)
      await reports.before(test, probes)
    },
    async audit({ name }) {
      if (!session.data.audit.tests.has(name)) return
      const signal = AbortSignal.any([session.signal, AbortSignal.timeout(auditMs)])
      await runAudit(code, { ...hookContext(), signal }, { test: name, shared })
    },
    async limiterValues(name) {
      const values = await code.limiterValues?.[name]?.({ shared })
      if (!Array.isArray(values) || !values.every((value) => typeof value === 'string'))
        throw new ToolError('PLAN_INVALID', `Expected \`limiters.${name}.key.values\` to give a list of texts`)
      for (const value of values) if (value.length >= shortestSecret) secrets.add(value)
      return values
    },
    auditCount: (attack) => runAuditCount(code, hookContext(), { attack, shared }),
    survivesDeath: () => target.survivesDeath(),
    async restartTarget() {
      await target.stop()
      await startIt()
    },
    async afterTest(test) {
      breaksNow = false
      await reports.after(probes)
      await look.after(test)
      for (const probe of probes) {
        const facts = (await probe.facts?.().catch(() => [])) ?? []
        for (const { fact, value } of facts) session.emit({ kind: 'probe-fact', probe: probe.name, fact, value })
      }
    },
  }
}

/** The links that the target learns of when it starts. */
function behind(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== 'target').toSorted()
}
