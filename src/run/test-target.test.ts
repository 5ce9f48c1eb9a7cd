import { describe, expect, it } from 'vitest'
import { ok, resolve, right } from '../../test/kit/resolved-plan.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { createTestTarget } from './test-target.ts'

const url = 'http://127.0.0.1:8080'
const started = { url, start: 'node server.js' }

/** What is done around the tests of a plan, one after the other. */
async function doneFor(
  wanted: readonly Partial<TestSpec>[],
  target: { url: string; start?: string } = started,
): Promise<string[]> {
  const { spec } = resolve({ ...right, target, tests: { a: ok } })
  const tests = spec.tests.flatMap((test) => wanted.map((more): TestSpec => ({ ...test, fresh: false, ...more })))
  const done: string[] = []
  const note = (what: string): Promise<void> => {
    done.push(what)
    return Promise.resolve()
  }
  let isAsKept = false
  const testTarget = createTestTarget({
    spec: { ...spec, tests },
    target: {
      start: ({ limits, env }) =>
        note(['start', ...(limits?.files === undefined ? [] : [`files ${limits.files}`]), ...Object.values(env ?? {})].join(' ')),
      stop: () => note('stop'),
    },
    links: { use: (names) => note(`links ${names.join(', ')}`.trim()), close: () => note('close links') },
    services: {},
    kept: {
      keep: () => {
        isAsKept = true
        return note('keep')
      },
      isWanted: ({ isolate = false }) => isolate && !isAsKept,
      restore: () => note('restore'),
      used: () => {
        isAsKept = false
      },
    },
    reports: { startsAfresh: () => undefined },
    probes: { renewed: () => note('other data') },
    preload: () => undefined,
  })
  await testTarget.task.setup()
  if (tests.some(({ isolate }) => isolate === true)) await testTarget.keepTask.setup()
  for (const test of tests) {
    done.push('|')
    await testTarget.beforeTest(test)
  }
  return done.join(' > ').split(' > | > ')
}

describe('before a test the target', () => {
  it('goes on where it is as the test wants it', async () => {
    expect(await doneFor([{}, {}])).toEqual(['start', 'links', 'links'])
  })

  it('is started afresh under other limits, and without them again', async () => {
    const limits = { files: 64 }
    expect(await doneFor([{}, { limits }, { limits: { ...limits } }, {}])).toEqual([
      'start',
      'links',
      'stop > links > start files 64',
      'links',
      'stop > links > start',
    ])
  })

  it('has the limits of the first test from its first start', async () => {
    expect(await doneFor([{ limits: { files: 64 } }])).toEqual(['start files 64', 'links'])
  })

  it('is started afresh where the test says so, and another one has used it', async () => {
    expect(await doneFor([{ fresh: true }, { fresh: true }, {}])).toEqual(['start', 'links', 'stop > links > start', 'links'])
  })

  it('is started afresh with the environment of another variant', async () => {
    const variant = (name: string) => ({ variant: { of: 'a', name, round: 1, rounds: 1, env: { POOL: name } } })
    expect(await doneFor([variant('5'), variant('20'), variant('20')])).toEqual([
      'start 5',
      'links',
      'stop > links > start 20',
      'links',
    ])
  })

  it('learns of a proxy before a dependency only by a start, once the proxy is there; the users find the one before the target', async () => {
    expect(await doneFor([{}, { links: ['target'] }, { links: ['db', 'target'] }, { links: ['target', 'db'] }, {}])).toEqual([
      'start',
      'links',
      'links target',
      'stop > links db, target > start',
      'links target, db',
      'stop > links > start',
    ])
  })

  it('does not run while the data is put back, which a test that has just been prepared for does not need', async () => {
    expect(await doneFor([{ isolate: true }, {}, { isolate: true }])).toEqual([
      'start > stop > keep > start',
      'links',
      'links',
      'stop > restore > other data > links > start',
    ])
  })

  it('is left alone where the plan does not start it', async () => {
    expect(await doneFor([{}, { limits: { files: 64 }, fresh: true }], { url })).toEqual(['start', 'links', 'links'])
  })
})
