import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { schedulingIn } from '../../test/kit/scheduling.ts'
import { mayRunInRealTime } from './generator-priority.ts'

interface Seen {
  readonly may: boolean
  readonly granted: boolean
  /** Texts of `/proc/…/stat`. */
  readonly thread: string
  readonly child: string
}

/** What becomes of a process of its own, which may not be as this one. */
function tried(env: NodeJS.ProcessEnv = process.env): Seen {
  const program = `
    import { execFileSync } from 'node:child_process'
    import { readFileSync } from 'node:fs'
    import { mayRunInRealTime, runInRealTime } from '${new URL('generator-priority.ts', import.meta.url).href}'
    const may = mayRunInRealTime()
    const granted = runInRealTime(process.pid)
    const child = execFileSync('/bin/cat', ['/proc/self/stat'], { encoding: 'utf8' })
    console.log(JSON.stringify({ may, granted, thread: readFileSync('/proc/thread-self/stat', 'utf8'), child }))`
  const args = ['--import', 'tsx', '--input-type=module', '-e', program]
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' })) as Seen // printed by the program above
}

test('a thread that may goes before ordinary ones, and what it starts does not; asking changes nothing', () => {
  const { may, granted, thread, child } = tried()
  expect(may).toBe(mayRunInRealTime())
  expect(granted).toBe(may)
  expect(schedulingIn(thread)).toEqual(may ? { policy: 2, priority: 1 } : { policy: 0, priority: 0 })
  expect(schedulingIn(child)).toEqual({ policy: 0, priority: 0 })
})

test('without the program that gives it nobody may, and nothing is changed', () => {
  const { may, granted, thread } = tried({ PATH: '/nowhere' })
  expect({ may, granted }).toEqual({ may: false, granted: false })
  expect(schedulingIn(thread)).toEqual({ policy: 0, priority: 0 })
})
