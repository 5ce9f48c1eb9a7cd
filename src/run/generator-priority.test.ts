import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { schedulingIn } from '../../test/kit/scheduling.ts'
import { peak, resolve, right } from '../../test/kit/resolved-plan.ts'
import { mayRunInRealTime, sleeps } from './generator-priority.ts'

interface Seen {
  readonly may: boolean
  readonly granted: boolean
  /** Texts of `/proc/…/stat`. */
  readonly thread: string
  readonly child: string
  /** When it was taken away again. */
  readonly given: boolean
  readonly back: string
}

/** What becomes of a process of its own, which may not be as this one. */
function tried(env: NodeJS.ProcessEnv = process.env): Seen {
  const program = `
    import { execFileSync } from 'node:child_process'
    import { readFileSync } from 'node:fs'
    import { mayRunInRealTime, setPriority } from '${new URL('generator-priority.ts', import.meta.url).href}'
    const may = mayRunInRealTime()
    const granted = setPriority(process.pid, true)
    const thread = readFileSync('/proc/thread-self/stat', 'utf8')
    const child = execFileSync('/bin/cat', ['/proc/self/stat'], { encoding: 'utf8' })
    console.log(JSON.stringify({ may, granted, thread, child, given: setPriority(process.pid, false), back: readFileSync('/proc/thread-self/stat', 'utf8') }))`
  const args = ['--import', 'tsx', '--input-type=module', '-e', program]
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' })) as Seen // printed by the program above
}

test('a thread that may goes before ordinary ones, and what it starts does not; asking changes nothing', () => {
  const { may, granted, thread, child, given, back } = tried()
  expect(may).toBe(mayRunInRealTime())
  expect(granted).toBe(may)
  expect(schedulingIn(thread)).toEqual(may ? { policy: 2, priority: 1 } : { policy: 0, priority: 0 })
  expect(schedulingIn(child)).toEqual({ policy: 0, priority: 0 })
  expect(given).toBe(true)
  expect(schedulingIn(back)).toEqual({ policy: 0, priority: 0 })
})

test('without the program that gives it nobody may, and nothing is changed', () => {
  const { may, granted, thread } = tried({ PATH: '/nowhere' })
  expect({ may, granted }).toEqual({ may: false, granted: false })
  expect(schedulingIn(thread)).toEqual({ policy: 0, priority: 0 })
})

test('threads that are always about to send have no priority: with up to 200 arrivals a second each they sleep in between', () => {
  const asked = (keys: Readonly<Record<string, unknown>>, workers = 1): boolean =>
    sleeps(resolve({ ...right, ...peak(keys) }).spec.tests[0]!, workers)
  expect(asked({ users: 5000, for: '1s' })).toBe(true)
  expect(asked({ arrivals: '200/s', for: '1s' })).toBe(true)
  expect(asked({ arrivals: '201/s', for: '1s' })).toBe(false)
  expect(asked({ arrivals: '800/s', for: '1s' }, 4)).toBe(true)
  expect(
    asked({
      arrivals: [
        { to: '20/s', over: '1s' },
        { to: '300/s', over: '1s' },
      ],
    }),
  ).toBe(false)
  expect(asked({ load: { browse: { arrivals: '150/s' }, buy: { arrivals: '100/s' } }, for: '1s' })).toBe(false)
  expect(asked({ trace: 'times.txt' })).toBe(false)
  expect(asked({ capacity: { from: 10, to: 1000 }, objectives: ['p95 < 1s'] })).toBe(true)
  expect(asked({ capacity: { from: '10/s', to: '1000/s' }, objectives: ['p95 < 1s'] })).toBe(false)
  expect(asked({ capacity: { from: '10/s', to: '150/s' }, overload: [2], objectives: ['p95 < 1s'] })).toBe(false)
})
