import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PhaseResult, TestResult } from '../../src/model/run-result.ts'
import { brokenPlan } from '../kit/broken-server.ts'
import type { RunningCli } from '../kit/run-cli.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

// Whether a test is valid depends on how busy this machine is; what its faults did does not.

/** Something that the target depends on and nobody of the run starts; it lives as long as the body. */
async function withLedger<T>(body: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((_, answer) => answer.end('booked'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await body((server.address() as AddressInfo).port) // a TCP server's address is one
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function figuresOf(test: TestResult | undefined, phase: string): NonNullable<PhaseResult['figures']> {
  const figures = test?.phases.find(({ name }) => name === phase)?.figures
  if (figures === undefined) throw new Error(`no figures of ${phase}`)
  return figures
}

function checkOf(test: TestResult | undefined, id: string) {
  return test?.validity.checks.find((check) => check.id === id)
}

/** Does `act` once, when the record says that a fault is there. */
function whenBroken(bench: TestBench, act: (run: RunningCli) => void) {
  let timer: NodeJS.Timeout | undefined
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      const path = join(bench.out, 'events.ndjson')
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes('"fault-started"')) return
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

const load = "arrivals: { rate: '40/s', process: 'uniform' }"

describe('faults on links', () => {
  it(
    'break what they are laid on, for as long as the plan says, and nothing else',
    () =>
      withBench((bench) =>
        withLedger(async (ledgerPort) => {
          brokenPlan(bench, {
            ledgerPort,
            tests: `
            away: { ${load}, for: '6s', scenarios: ['pay'], faults: [{ at: '2s', for: '2s', fault: fault.down('payments') }] },
            'some fail': { ${load}, for: '5s', scenarios: ['book'], faults: [{ at: '1s', for: '2s', fault: fault.status('ledger', 500), every: 4 }] },
            reset: { ${load}, for: '5s', scenarios: ['book'], faults: [{ at: '1s', for: '2s', fault: fault.reset('ledger') }] },
            far: { ${load}, for: '5s', scenarios: ['look'], faults: [{ at: '1s', for: '2s', fault: fault.latency('target', '300ms') }] },
            direct: { ${load}, for: '1s' },`,
          })
          const { output } = await bench.run([], { timeoutMs: 400_000 })
          const [away, some, reset, far, direct] = bench.result().tests
          expect(direct?.totals.requests, output).toBe(40)
          for (const test of [away, some, reset, far]) {
            expect(test?.faults, test?.name).toMatchObject([{ verified: true, reverted: true }])
            for (const id of ['faults-active', 'faults-crossed', 'faults-undone'])
              expect(checkOf(test, id)?.verdict, `${test?.name} ${id}`).toBe('ok')
            // What is in flight when a fault begins has begun before it.
            expect(figuresOf(test, 'before').failed, test?.name).toBeLessThanOrEqual(2)
          }
          // 80 requests in the two seconds of each fault; it begins and ends some milliseconds after its time.
          expect(figuresOf(away, 'down(payments)').failed).toBeGreaterThan(75)
          expect(figuresOf(reset, 'reset(ledger)').failed).toBeGreaterThan(75)
          expect(some?.faults?.[0]?.crossed).toBe(some?.totals.failed)
          expect(some?.totals.failed).toBeGreaterThanOrEqual(19)
          expect(some?.totals.failed).toBeLessThanOrEqual(22)
          expect(far?.totals.failed).toBe(0)
          expect(figuresOf(far, 'latency(target)').latencyMs.p50).toBeGreaterThan(300)
          expect(figuresOf(far, 'after').latencyMs.p50).toBeLessThan(300)

          const links = bench.windows().flatMap((line) => (line.kind === 'link' ? [line] : []))
          expect(new Set(links.map(({ link }) => link))).toEqual(new Set(['payments', 'ledger', 'target']))
          const asked = links.filter(({ link }) => link === 'target').reduce((sum, { calls }) => sum + calls, 0)
          expect(asked).toBe(far?.totals.requests)
          expect(await bench.leftovers()).toEqual([])
        }),
      ),
    450_000,
  )

  it(
    'that nobody meets make their test invalid',
    () =>
      withBench((bench) =>
        withLedger(async (ledgerPort) => {
          const tests = ['latency', 'down']
            .map(
              (name) =>
                `${name}: { ${load}, for: '4s', scenarios: ['look'], faults: [{ at: '1s', for: '2s', fault: fault.${name}('ledger') }] },`,
            )
            .join('')
          brokenPlan(bench, { ledgerPort, tests })
          const { status, output } = await bench.run([], { timeoutMs: 120_000 })
          expect(status, output).toBe(3)
          for (const test of bench.result().tests) {
            expect(checkOf(test, 'faults-active')?.verdict, test.name).toBe('ok')
            expect(checkOf(test, 'faults-crossed'), test.name).toMatchObject({ verdict: 'void', value: 0, limit: 1 })
          }
        }),
      ),
    120_000,
  )
})

describe('faults on processes', () => {
  it(
    'end and restart the target under load without ending the run',
    () =>
      withBench(async (bench) => {
        const tests = `again: { ${load}, for: '8s', scenarios: ['look'], faults: [{ at: '1s', for: '1s', fault: fault.kill('target') }, { at: '4s', fault: fault.restart('target') }] },`
        brokenPlan(bench, { tests })
        const { output } = await bench.run([], { timeoutMs: 120_000 })
        const [test] = bench.result().tests
        expect(test?.faults, output).toMatchObject([
          { id: 'kill(target)', verified: true, reverted: true, crossed: null },
          { id: 'restart(target)', verified: true, reverted: true, crossed: null },
        ])
        // On a busy machine it takes a part of that second to kill it.
        expect(figuresOf(test, 'kill(target)').failed).toBeGreaterThan(0)
        expect(checkOf(test, 'faults-crossed')).toBeUndefined()
        // Each start is in the record with its own process, and the probes follow.
        const starts = bench.events().flatMap((event) => (event.kind === 'target-ready' ? [event] : []))
        expect(new Set(starts.map(({ pid }) => pid)).size).toBe(3)
        const evidence = test?.faults?.map((fault) => fault.evidence) ?? []
        for (const [i, { pid, t }] of starts.slice(1).entries()) {
          expect(evidence[i]).toContain(`as process ${pid}`)
          const until = starts[i + 2]?.t ?? Infinity
          const after = bench.windows().filter((line) => line.kind === 'probe' && line.t > t && line.t < until)
          expect(after.some((line) => line.kind === 'probe' && (line.values['target.memory'] ?? 0) > 0)).toBe(true)
        }
        expect(test?.totals.failed).toBeLessThan(test?.totals.requests ?? 0)
        expect(await bench.leftovers()).toEqual([])
      }),
    120_000,
  )

  it(
    'that cannot be done here are said to be unavailable, and make their test invalid',
    () =>
      withBench(async (bench) => {
        const tests = `nobody: { ${load}, for: '3s', scenarios: ['look'], faults: [{ at: '1s', for: '1s', fault: fault.pause(4194303) }] },`
        brokenPlan(bench, { tests })
        const { status, output } = await bench.run()
        const [test] = bench.result().tests
        expect(status, output).toBe(3)
        expect(test?.faults).toMatchObject([{ id: 'pause(4194303)', verified: false }])
        expect(checkOf(test, 'faults-active')?.advice).toContain('it is unavailable here')
      }),
    120_000,
  )
})

const long = `broken: { ${load}, for: '60s', scenarios: ['pay'], faults: [
  { at: '1s', for: '50s', fault: fault.cut('payments') },
  { at: '1s', for: '50s', fault: fault.pause('target') },
] },`

describe('in the middle of a fault', () => {
  it(
    'Ctrl-C undoes it, judges and leaves nothing',
    () =>
      withBench(async (bench) => {
        brokenPlan(bench, { tests: long })
        const onOutput = whenBroken(bench, (run) => run.signal('SIGINT'))
        const { status, output } = await bench.run([], { onOutput, timeoutMs: 120_000 })
        expect(status, output).toBe(130)
        expect(await bench.leftovers(10_000)).toEqual([])
        const ended = bench.events().flatMap((event) => (event.kind === 'fault-ended' ? [event.reverted] : []))
        expect(ended.every((reverted) => reverted)).toBe(true)
        expect(ended.length).toBeGreaterThan(0)
      }),
    180_000,
  )

  it(
    'kill -9 leaves nothing either',
    () =>
      withBench(async (bench) => {
        brokenPlan(bench, { tests: long })
        const onOutput = whenBroken(bench, (run) => run.signal('SIGKILL'))
        const { signal } = await bench.run([], { onOutput, timeoutMs: 120_000 })
        expect(signal).toBe('SIGKILL')
        // The watchdog waits two seconds for each process that does not end by itself, on a busy machine.
        expect(await bench.leftovers(30_000)).toEqual([])
      }),
    180_000,
  )
})

it(
  '--dry-run shows what would be broken, and by whom',
  () =>
    withBench(async (bench) => {
      brokenPlan(bench, {
        tests: `
        broken: { ${load}, for: '9s', scenarios: ['pay'], faults: [{ at: '2s', for: '3s', fault: fault.latency('payments'), percent: '20%' }] },
        soak: { suite: 'soak', ${load}, for: '9s', nemesis: { every: '3s', for: '1s', faults: [fault.pause('target'), fault.cut('ledger')] } },`,
      })
      const { status, stdout } = await bench.run(['--dry-run'])
      expect(status).toBe(0)
      expect(stdout).toContain('depends on ledger: http at 127.0.0.1:9')
      expect(stdout).toContain('fault latency(payments) at 2 s for 3 s, of 20% of what crosses')
      expect(stdout).toContain('our proxy stands in the link payments')
      expect(stdout).toContain('nemesis: every 3 s from 3 s one of pause(target), cut(ledger) for 1 s')
    }),
  60_000,
)
