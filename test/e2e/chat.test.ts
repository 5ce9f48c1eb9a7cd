import { describe, expect, it } from 'vitest'
import type { TestResult } from '../../src/model/run-result.ts'
import { named } from '../kit/reference-plan.ts'
import { chatTimeoutMs, runChat } from '../kit/run-chat.ts'

/** The chat server on a real PostgreSQL, through the real program: its suites as they are, shortened, and each planted defect. What is judged is right on a busy machine as well: what is there in the end, and no times. */

const options = { retry: 2, timeout: 3 * chatTimeoutMs }

/** Objectives that are about what is there, what was refused and what was let through; how many sources are blocked in some seconds is a matter of time. */
const counted = /^(lost|duplicates|phantoms|deliveries|checks|legitimateBlocked|audited|limiter|app\.chat_)\b/

/** What the healthy server is never blamed for. Findings of times are not here: others are busy on this machine. */
const slander = [
  ...['lost-write', 'duplicate-effect', 'phantom-write', 'invariant-broken'],
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
    { defect: 'no-rate-limit', test: 'rate limiter', names: 'rate-limit-absent', fails: 'limiter(user) = enforced' },
    { defect: 'no-block', test: 'guessing', names: 'no-block', fails: 'sourcesBlocked > 95%' },
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
})
