import { expect, it } from 'vitest'
import type { FaultLink, UndoLog } from '../faults/index.ts'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { startDrivenTests } from './driven-test.ts'
import { createRecordWriter } from './record-writer.ts'
import type { RunClock } from './run-clock.ts'
import { createSession } from './session.ts'

const seconds = 60
const loadStart = 2

/** A second lasts twenty milliseconds. */
function quickClock(fromSec: number): RunClock {
  const start = performance.now()
  return { startNs: '0', now: () => fromSec + (performance.now() - start) / 20 }
}

/** A run in the middle of a load that calls `payments` twenty times a second, whatever is laid. */
function startedRun(metric: 'breaker' | 'pool' = 'breaker') {
  const selector = { kind: 'link' as const, name: 'payments' }
  const objective = {
    text: `${metric}(payments) = ok`,
    metric: { name: metric, selector },
    op: '=' as const,
    value: 0,
    word: 'ok',
  }
  const dependencies = { payments: { protocol: 'http' as const, host: '127.0.0.1', port: 1, path: '' } }
  const spec = { durationSec: seconds, objectives: [objective] }
  // Of a load that was killed there is the first half.
  const data = healthyRecord({ seconds: 2 * seconds, perSec: 20, end: 'killed', spec, plan: { dependencies } })
  const rest = { answered: 2, failed: 0, connections: 0, broken: 0, open: 4, busy: 1, busySec: 0.05, bytesUp: 0, bytesDown: 0 }
  for (let tenth = 0; tenth < 10 * seconds; tenth++)
    data.addWindow({ t: loadStart + tenth / 10, kind: 'link', link: 'payments', calls: 2, ...rest })
  const record = createRecordWriter(temporaryFolder(), new Set())
  const session = createSession({ clock: quickClock(loadStart + 1), data, record, observer: {} })
  const [test] = data.tests
  if (test === undefined) throw new Error('no test')
  return { session, test: test.spec }
}

/** A link that only remembers. */
function rememberingLink(onAdd: () => void) {
  const laid = new Set<string>()
  const link: FaultLink = {
    name: 'payments',
    address: { host: '127.0.0.1', port: 1 },
    add({ id, lifeMs }) {
      expect(lifeMs).toBeGreaterThan(1000 * seconds)
      laid.add(id)
      onAdd()
      return Promise.resolve()
    },
    remove(id) {
      laid.delete(id)
      return Promise.resolve()
    },
    look: () => Promise.reject(new Error('nobody looks')),
  }
  return { laid, link }
}

/** Sessions of our own and toxics leave nothing behind that would have to be undone. */
const noUndo: UndoLog = {
  envOf: () => ({}),
  addProcess: () => undefined,
  removeProcess: () => undefined,
  addFolder: () => undefined,
  removeFolder: () => undefined,
}

const nowhere = (): never => {
  throw new Error('no such place')
}

it('leaves nothing on the link when the run ends in the middle of a stage', async () => {
  const { session, test } = startedRun()
  let seen = (): void => undefined
  const first = new Promise<void>((resolve) => (seen = resolve))
  const { laid, link } = rememberingLink(() => seen())
  const places = { link: () => link, process: nowhere, database: nowhere, preload: nowhere }
  const tests = startDrivenTests({
    test,
    startSec: loadStart,
    session,
    places,
    undo: noUndo,
    limiterValues: () => Promise.resolve([]),
  })
  await first
  expect(laid.size).toBe(1)
  session.end('interrupted')
  await tests.end()
  expect(laid.size).toBe(0)
  const steps = session.data.events.flatMap((event) => (event.kind === 'breaker-step' ? [`${event.stage} ${event.step}`] : []))
  expect(steps.slice(0, 4)).toEqual(['baseline begun', 'baseline ended', 'one-failure begun', 'one-failure laid'])
})

it('tests a pool without the word of its database, and lets go what it holds when the run ends', async () => {
  const { session, test } = startedRun('pool')
  let seen = (): void => undefined
  const first = new Promise<void>((resolve) => (seen = resolve))
  const { laid, link } = rememberingLink(() => seen())
  const places = { link: () => link, process: nowhere, database: nowhere, preload: nowhere }
  const tests = startDrivenTests({
    test,
    startSec: loadStart,
    session,
    places,
    undo: noUndo,
    limiterValues: () => Promise.resolve([]),
  })
  await first
  expect(laid.size).toBe(1)
  session.end('interrupted')
  await tests.end()
  expect(laid.size).toBe(0)
  const steps = session.data.events.flatMap((event) => (event.kind === 'pool-step' ? [event] : []))
  expect(steps.slice(0, 5)).toMatchObject([
    { stage: 'baseline', step: 'begun' },
    { stage: 'baseline', step: 'failed', why: 'no such place' },
    { stage: 'baseline', step: 'ended' },
    { stage: 'limit', step: 'begun' },
    { stage: 'limit', step: 'held' },
  ])
})

it('says so when the proxy is gone', async () => {
  const { session, test } = startedRun()
  let seen = (): void => undefined
  const asked = new Promise<void>((resolve) => (seen = resolve))
  const link = (): never => {
    seen()
    return nowhere()
  }
  const places = { link, process: nowhere, database: nowhere, preload: nowhere }
  const tests = startDrivenTests({
    test,
    startSec: loadStart,
    session,
    places,
    undo: noUndo,
    limiterValues: () => Promise.resolve([]),
  })
  await asked
  await tests.end()
  const told = { kind: 'log', level: 'error', text: expect.stringContaining('no such place') as string }
  expect(session.data.events.at(-1)).toMatchObject(told)
})
