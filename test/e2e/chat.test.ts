import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunResult, TestResult } from '../../src/model/run-result.ts'
import { isFree } from '../kit/free-port.ts'
import { withBench } from '../kit/test-bench.ts'

/** The chat server on a real PostgreSQL, through the real program: its suites as they are, shortened, and each planted defect. What is judged is right on a busy machine as well: what is there in the end, and no times. */
const root = join(import.meta.dirname, '..', '..')

/** Each run has a server and a PostgreSQL of its own: more would only wait for each other. */
const atOnce = 3
let running = 0
const waiting: (() => void)[] = []

async function whenThereIsRoom<Result>(body: () => Promise<Result>): Promise<Result> {
  if (running === atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await body()
  } finally {
    // The place is handed on, or free again.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

const timeoutMs = 200_000
const options = { retry: 1, timeout: 3 * timeoutMs }

interface ChatRun {
  readonly tests: readonly TestResult[]
  readonly output: string
}

const runChat = (names: readonly string[], defect = ''): Promise<ChatRun> => whenThereIsRoom(() => runAlone(names, defect))

/** On a bench of its own, so that a second try meets nothing of the first. */
function runAlone(names: readonly string[], defect: string): Promise<ChatRun> {
  return withBench(async (bench) => {
    // Lines come in at the port after that of requests.
    if (!(await isFree(bench.port + 1))) return runAlone(names, defect)
    const tests = names.flatMap((name) => ['--test', name])
    const args = ['run', 'systems/chat/chat.plan.ts', ...tests, '--quick', '--seed', '7', '--reporter', 'line,json,text']
    const { status, output } = await bench.cli([...args, '--out', bench.out], {
      cwd: root,
      env: { CHAT_PORT: String(bench.port), CHAT_DEFECTS: defect },
      timeoutMs,
    })
    const file = join(bench.out, 'result.json')
    if (!existsSync(file)) throw new Error(`No result (status ${String(status)}):\n${output}`)
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult // the contract of that file
    expect(await bench.leftovers()).toEqual([])
    return { tests: result.tests, output }
  })
}

const named = ({ findings }: TestResult): readonly string[] => findings.map(({ id }) => id)

/** Objectives that are about what is there, what was refused and what was let through; how many sources are blocked in some seconds is a matter of time. */
const counted = /^(lost|duplicates|phantoms|deliveries|checks|legitimateBlocked|audited|limiter|app\.chat_)\b/

/** What the healthy server is never blamed for. Findings of times are not here: others are busy on this machine. */
const slander = [
  ...['lost-write', 'duplicate-effect', 'phantom-write', 'invariant-broken', 'event-loop-blocked'],
  ...['memory-leak', 'socket-leak', 'file-leak', 'connection-leak'],
  ...['no-block', 'legitimate-blocked', 'audit-incomplete', 'slow-client-unbounded'],
  ...['rate-limit-absent', 'rate-limit-racy', 'rate-limit-bypassable', 'rate-limit-shared', 'rate-limit-headers-lie'],
]

async function expectSound(names: readonly string[]): Promise<readonly TestResult[]> {
  const { tests, output } = await runChat(names)
  expect(tests.map(({ name }) => name).sort(), output).toEqual(names.toSorted())
  for (const test of tests) {
    const failed = test.objectives.filter(({ text, verdict }) => counted.test(text) && verdict !== 'pass')
    expect(failed, `${test.name}\n${output}`).toEqual([])
    for (const fault of test.faults ?? []) expect(fault, output).toMatchObject({ verified: true, reverted: true })
    for (const id of slander) expect(named(test), output).not.toContain(id)
  }
  return tests
}

/** Of the first objective that begins so; 0 where there was nothing to measure. */
const figureOf = ({ tests }: ChatRun, objective: string): number =>
  tests.flatMap(({ objectives }) => objectives).find(({ text }) => text.startsWith(objective))?.actual ?? 0

describe.concurrent('the chat server', () => {
  it('keeps every acknowledged message when it is restarted or killed, and when its database is away', options, async () => {
    await expectSound(['restarted', 'killed', 'database outage'])
  })

  it('blocks who guesses, limits every user, and gives files to members only', options, async () => {
    const tests = await expectSound(['guessing', 'rate limiter', 'files of others'])
    const blocked = tests.flatMap(({ attacks = [] }) => attacks.map(({ block }) => block?.share))
    expect(Math.max(...blocked.map((share) => share ?? 0))).toBe(1)
  })

  it('forgets its visitors, and bears that files, disk and database connections are short', options, async () => {
    const tests = await expectSound(['integrity', '50 connections/s', 'few files', 'full disk', 'no database connections'])
    const survived = tests.flatMap(({ resources = [] }) => resources.map(({ survived: lives }) => lives))
    expect(survived).toEqual([true, true])
  })
})

describe.concurrent('the chat server with a planted defect', () => {
  const defects = [
    { defect: 'racy-rate-limit', test: 'rate limiter', names: 'rate-limit-racy', fails: 'limiter(user) = enforced' },
    { defect: 'no-rate-limit', test: 'rate limiter', names: 'rate-limit-absent', fails: 'limiter(user) = enforced' },
    { defect: 'no-block', test: 'guessing', names: undefined, fails: 'sourcesBlocked > 95%' },
    { defect: 'lost-message-on-drain', test: 'restarted', names: 'lost-write', fails: 'lost = 0' },
    { defect: 'leak', test: '50 connections/s', names: undefined, fails: 'app.chat_sessions < 10 during afterwards' },
    { defect: 'no-auth-on-download', test: 'files of others', names: undefined, fails: 'checks > 99.9%' },
  ] as const

  for (const { defect, test: name, names, fails } of defects) {
    it(`${defect}: “${name}” names it ${names ?? `by ${fails}`}`, options, async () => {
      const { tests, output } = await runChat([name], defect)
      const [test] = tests
      if (test === undefined) throw new Error(output)
      if (names !== undefined) expect(named(test), output).toContain(names)
      expect(test.objectives.find(({ text }) => text === fails)?.verdict, output).toBe('fail')
    })
  }

  // What these two do is a matter of degree, and both runs are on the same machine.
  it('slow-reader-blocks-room: in “slow readers” far less is delivered than without it', options, async () => {
    const [sound, broken] = [await runChat(['slow readers']), await runChat(['slow readers'], 'slow-reader-blocks-room')]
    const perSec = 'throughput(delivered over ws)'
    expect(figureOf(broken, perSec), broken.output).toBeLessThan(figureOf(sound, perSec) / 2)
  })

  it('blocking-hash: in “log-in” those who talk wait far longer than without it', options, async () => {
    const [sound, broken] = [await runChat(['log-in']), await runChat(['log-in'], 'blocking-hash')]
    const late = 'p95(delivered over ws)'
    expect(figureOf(broken, late), broken.output).toBeGreaterThan(2 * figureOf(sound, late))
    expect(figureOf(broken, late), broken.output).toBeGreaterThan(100)
  })
})
