import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.ts'
import type { RunningService, Supervisor } from '../../src/services/index.ts'
import { createSupervisor, startService } from '../../src/services/index.ts'
import type { Bystander } from '../kit/bystander.ts'
import { startBystander, statesOverTime } from '../kit/bystander.ts'
import type { RunningCli } from '../kit/run-cli.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'
import { until } from '../kit/until.ts'

type Started = Extract<RunEvent, { kind: 'fault-started' }>
type Ended = Extract<RunEvent, { kind: 'fault-ended' }>

const body = 'run: async ({ http, think }) => { await http.get("/"); await think("50ms") }'

/** A plan whose only test has these faults from its second second on. */
function faultyPlan(
  bench: TestBench,
  { target, services = '', faults }: { target: string; services?: string; faults: string },
): void {
  bench.plan(`
export default plan({
  ${services}
  target: { url: 'http://127.0.0.1:${bench.port}', ${target} },
  http: { timeout: '10s' },
  scenarios: { browse: scenario({ ${body} }) },
  tests: { broken: { users: 2, for: '60s', faults: [${faults}] } },
})`)
}

/** Acts once, as soon as the record says that a fault is there. */
function whenBroken(bench: TestBench, act: (run: RunningCli) => void) {
  let timer: NodeJS.Timeout | undefined
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      const path = join(bench.out, 'events.ndjson')
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes('fault-started')) return
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

const events = <K extends RunEvent['kind']>(bench: TestBench, kind: K): Extract<RunEvent, { kind: K }>[] =>
  bench.events().filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind)

async function withStranger(bench: TestBench, use: (stranger: Bystander) => Promise<void>): Promise<void> {
  const stranger = await startBystander(bench.port)
  try {
    await use(stranger)
  } finally {
    stranger.end()
  }
}

describe.concurrent('a process of somebody else', () => {
  const faults = { paused: "fault.pause('target')", 'held to a fifth of its time': "fault.cpuQuota('target', '20%')" }

  it.each(Object.entries(faults))('that is %s goes on when proofload is killed, and when it is interrupted', (_, fault) =>
    withBench((bench) =>
      withStranger(bench, async (stranger) => {
        const condition = stranger.condition()
        faultyPlan(bench, { target: `pid: ${stranger.pid}`, faults: `{ at: '1s', for: '50s', fault: ${fault} }` })
        let stopped = false
        for (const signal of ['SIGKILL', 'SIGINT'] as const) {
          const at = { ...bench, out: join(bench.folder, signal) }
          await bench.cli(['run', 'test.plan.ts', '--out', at.out, '--reporter', 'line'], {
            onOutput: whenBroken(at, (run) => {
              stopped = stranger.states().includes('T')
              if (fault.includes('pause')) expect(stopped).toBe(true)
              run.signal(signal)
            }),
          })
          expect(await until(() => stranger.isWell()), signal).toBe(true)
          // With a quota it might only be its turn: none may be found stopped for a while.
          expect(await statesOverTime(stranger), signal).not.toContain('T')
          expect(stranger.condition()).toBe(condition)
        }
        expect(await bench.leftovers(10_000)).toEqual([`port ${bench.port} is taken`])
      }),
    ),
  )
})

describe('a database of somebody else', () => {
  const folder = temporaryFolder()
  let supervisor: Supervisor
  let db: RunningService

  beforeAll(async () => {
    supervisor = createSupervisor()
    const spec = { kind: 'postgres', maxConnections: 19, settings: {} } as const
    db = await startService('db', spec, { supervisor, outFile: join(folder, 'db.log') })
    await ask('CREATE TABLE orders (id int)')
  })
  afterAll(async () => {
    await db.stop()
    await supervisor.close()
  })

  async function ask(sql: string): Promise<unknown> {
    const client = new Client({ connectionString: db.url, statement_timeout: 2000 })
    await client.connect()
    try {
      return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]
    } finally {
      await client.end()
    }
  }
  const isFree = (): Promise<boolean> =>
    ask(`INSERT INTO orders VALUES (1)`)
      .then(() => ask(`SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'proofload%'`))
      .then(
        (sessions) => sessions === 0,
        () => false,
      )

  const faults = ["fault.lockTable('db', 'orders')", "fault.longTransaction('db')", "fault.exhaustConnections('db')"]

  it.each(faults)('has nothing left of %s when proofload is killed', (fault) =>
    withBench(async (bench) => {
      faultyPlan(bench, {
        target: `start: '${bench.start('ok')}'`,
        services: `services: { db: service.postgres({ url: env('DB') }) },`,
        faults: `{ at: '1s', for: '50s', fault: ${fault} }`,
      })
      await bench.run([], {
        env: { DB: db.url },
        onOutput: whenBroken(bench, (run) => run.signal('SIGKILL')),
      })
      const [started] = events(bench, 'fault-started')
      expect(started, JSON.stringify(bench.events())).toMatchObject({ verified: true })
      expect(await until(isFree)).toBe(true)
      expect(await bench.leftovers(10_000)).toEqual([])
    }),
  )

  it('is not made read-only: the setting would stay', () =>
    withBench(async (bench) => {
      faultyPlan(bench, {
        target: `start: '${bench.start('ok')}'`,
        services: `services: { db: service.postgres({ url: env('DB') }) },`,
        faults: `{ at: '1s', for: '2s', fault: fault.readOnly('db') }`,
      })
      await bench.run(['--set', 'tests.broken.for=4s'], { env: { DB: db.url } })
      const [started] = events(bench, 'fault-started')
      expect(started).toMatchObject({ verified: false, evidence: expect.stringContaining('not started by proofload') as string })
      expect(bench.result().tests[0]!.verdict).toBe('invalid')
      expect(await ask('SHOW default_transaction_read_only')).toBe('off')
    }))
})

/** Each in a run of its own: seen while it is there, undone, and its target serves again. */
describe.concurrent('a fault on', () => {
  async function run(
    bench: TestBench,
    plan: { target?: string; services?: string; fault: string; for?: string },
  ): Promise<[Started, Ended]> {
    const { target = `start: '${bench.start('ok')}'`, services = '', fault } = plan
    faultyPlan(bench, { target, services, faults: `{ at: '2s', for: '${plan.for ?? '2s'}', fault: ${fault} }` })
    await bench.run(['--set', 'tests.broken.for=9s'])
    const [[started], [ended]] = [events(bench, 'fault-started'), events(bench, 'fault-ended')]
    expect(started, JSON.stringify(bench.events().slice(-5))).toMatchObject({ verified: true })
    expect(ended).toMatchObject({ held: true, reverted: true })
    expect(await bench.leftovers()).toEqual([])
    return [started!, ended!]
  }

  it.each(['pause', 'kill', 'terminate', 'restart', 'crashLoop'])('the target itself: %s', (kind) =>
    withBench(async (bench) => {
      const [, ended] = await run(bench, { fault: `fault.${kind}('target')` })
      if (kind !== 'pause') expect(ended.evidence).toMatch(/runs( again)? as process \d+/)
      if (kind === 'terminate' || kind === 'restart') expect(ended.facts).toMatchObject({ killed: 0 })
      // The end that was wanted is not the end of the run.
      expect(events(bench, 'target-ended')).toEqual([])
      expect(events(bench, 'test-ended')).toMatchObject([{ reason: 'completed' }])
    }),
  )

  it('the database: killed, and started again with the target on it', () =>
    withBench(async (bench) => {
      const services = 'services: { db: service.postgres() },'
      const [started, ended] = await run(bench, { services, fault: "fault.kill('db')" })
      expect(started.evidence).toContain('ended by SIGKILL')
      const [first, again, ...others] = events(bench, 'service-ready').map(({ pid }) => pid)
      expect(others).toEqual([])
      expect(again).not.toBe(first)
      expect(ended.evidence).toContain(`runs again as process ${again}`)
      expect(events(bench, 'test-ended')).toMatchObject([{ reason: 'completed' }])
    }))

  it('a database of our own that may only be read, and has no connection left', () =>
    withBench(async (bench) => {
      const services = 'services: { db: service.postgres({ maxConnections: 9 }) },'
      const fault = "fault.readOnly('db') }, { at: '6s', for: '1s', fault: fault.exhaustConnections('db', { leave: 2 })"
      const [started, ended] = await run(bench, { services, fault })
      expect(started.evidence).toContain('25006')
      expect(ended.evidence).toContain('a new transaction may write')
      const [, second] = events(bench, 'fault-started')
      expect(second).toMatchObject({
        verified: true,
        evidence: expect.stringContaining(': 2 are left to ordinary users') as string,
      })
      expect(events(bench, 'fault-ended')[1]).toMatchObject({ held: true, reverted: true })
    }))

  it('the inside of a Node.js target, through the built module that is preloaded', () =>
    withBench(async (bench) => {
      const target = `start: '${bench.start('ok')}', preload: true`
      const [started] = await run(bench, { target, fault: "fault.blockEventLoop({ block: '300ms', every: '600ms' })" })
      expect(started.evidence).toMatch(/its event loop was blocked \d+ times, for up to [3-9]\d\d ms/)
    }))
})
