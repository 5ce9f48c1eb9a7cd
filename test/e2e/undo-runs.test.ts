import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.ts'
import { fault } from '../../src/public/index.ts'
import { startBystander, statesOverTime } from '../kit/bystander.ts'
import type { RunningCli } from '../kit/run-cli.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'
import { catalogue } from '../kit/undo/catalogue.ts'
import { drawRun } from '../kit/undo/draw.ts'
import { fullDisk, mayMount } from '../kit/undo/full-disk.ts'
import { until } from '../kit/until.ts'

describe('the runs of `npm run undo`', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => drawRun(1 + i, 4711))

  it('draw from every fault that a plan can name', () => {
    expect(Object.keys(catalogue).toSorted()).toEqual(Object.keys(fault).toSorted())
    expect(new Set(hundred.flatMap(({ faults }) => faults.map(({ kind }) => kind))).size).toBeGreaterThan(35)
  })

  it('are the same for the same seed, and end in each way and at each time', () => {
    expect(drawRun(7, 4711)).toEqual(drawRun(7, 4711))
    expect(new Set(hundred.map(({ death }) => death)).size).toBe(6)
    expect(new Set(hundred.map(({ scene }) => scene)).size).toBe(4)
    expect(hundred.filter(({ moment }) => moment.after === 'start').length).toBeGreaterThan(20)
    expect(hundred.filter(({ moment, loadSec }) => moment.after === 'load' && moment.sec > loadSec).length).toBeGreaterThan(5)
  })
})

/** Acts once, as soon as the record says that this has happened. */
function when(bench: TestBench, kind: RunEvent['kind'], act: (run: RunningCli) => void) {
  let timer: NodeJS.Timeout | undefined
  return (_: string, run: RunningCli): void => {
    timer ??= setInterval(() => {
      const path = join(bench.out, 'events.ndjson')
      if (!existsSync(path) || !readFileSync(path, 'utf8').includes(`"kind":"${kind}"`)) return
      clearInterval(timer)
      act(run)
    }, 50)
  }
}

/** A process of somebody else is paused, with the temporary files of proofload on a file system of their own. */
async function pausedOnFullDisk(
  act: { readonly fillAt: RunEvent['kind']; readonly kill?: boolean },
  expectations: (bench: TestBench) => void,
): Promise<void> {
  await withBench(async (bench) => {
    const disk = fullDisk(bench, 'temporary files')
    const stranger = await startBystander(bench.port)
    try {
      bench.plan(`
export default plan({
  target: { url: 'http://127.0.0.1:${bench.port}', pid: ${stranger.pid} },
  scenarios: { browse: scenario(async ({ http, think }) => { await http.get('/'); await think('50ms') }) },
  tests: { broken: { users: 2, for: '5s', faults: [{ at: '1s', for: '2s', fault: fault.pause('target') }] } },
})`)
      const onOutput = when(bench, act.fillAt, (run) => {
        disk.fill(run.pid)
        if (act.kill === true) run.signal('SIGKILL')
      })
      await bench.run([], { onOutput })
      expectations(bench)
      expect(await until(() => stranger.isWell())).toBe(true)
      expect(await statesOverTime(stranger)).not.toContain('T')
      expect(await bench.leftovers(10_000)).toEqual([`port ${bench.port} is taken`])
    } finally {
      stranger.end()
      disk.remove()
    }
  })
}

describe.concurrent('when the disk is full', { skip: !mayMount() }, () => {
  const faultEvents = (bench: TestBench) => bench.events().filter(({ kind }) => kind.startsWith('fault-'))

  it('a fault that cannot be written down is not done, and the run says so', () =>
    pausedOnFullDisk({ fillAt: 'load-started' }, (bench) => {
      const [started, ...more] = faultEvents(bench)
      expect(started).toMatchObject({
        verified: false,
        evidence: expect.stringMatching(
          /^it could not be injected: what must be undone after it cannot be written down: ENOSPC/,
        ) as string,
      })
      expect(more).toEqual([])
      const [test] = bench.result().tests
      expect(test!.verdict).toBe('invalid')
      expect(test!.validity.checks.find(({ id }) => id === 'faults-active')?.advice).toContain('cannot be written down')
    }))

  it('a fault that is there is undone at its end', () =>
    pausedOnFullDisk({ fillAt: 'fault-started' }, (bench) => {
      expect(faultEvents(bench)).toMatchObject([{ verified: true }, { held: true, reverted: true }])
    }))

  it('and when proofload is killed', () =>
    pausedOnFullDisk({ fillAt: 'fault-started', kill: true }, (bench) => {
      expect(faultEvents(bench)).toMatchObject([{ verified: true }])
    }))
})

describe.concurrent('before a run begins', () => {
  /** Its plan is loaded for ever. */
  async function dieWhileLoading(bench: TestBench, signal: NodeJS.Signals): Promise<readonly string[]> {
    bench.plan(`
process.stdout.write('loading')
await new Promise((resolve) => setTimeout(resolve, 60_000))
export default plan({ scenarios: { a: scenario(() => undefined) }, tests: { b: { users: 1, for: '1s' } } })`)
    const ended = await bench.run([], { onOutput: (_, run) => run.signal(signal) })
    expect(ended.signal).toBe(signal)
    return bench.leftovers()
  }

  it('Ctrl-C leaves nothing', () => withBench(async (bench) => expect(await dieWhileLoading(bench, 'SIGINT')).toEqual([])))

  it('kill -9 leaves a folder that doctor shows, and removes', () =>
    withBench(async (bench) => {
      const [folder = '', ...more] = await dieWhileLoading(bench, 'SIGKILL')
      expect(folder).toMatch(/^folder proofload-plan-/)
      expect(more).toEqual([])
      const shown = await bench.cli(['doctor', '--list'])
      expect(shown.output).toContain(folder.replace('folder ', ''))
      expect(shown.status).toBe(1)
      expect((await bench.cli(['doctor'])).output).toContain('All of it was ended, removed and put right.')
      expect(await bench.leftovers()).toEqual([])
      expect((await bench.cli(['doctor', '--list'])).output).toContain('Nothing was left behind by an earlier run.')
    }))
})
