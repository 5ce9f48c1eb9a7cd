import { describe, expect, it } from 'vitest'
import type { Task } from './task-runner.ts'
import { withTasks } from './task-runner.ts'

const silent = { started: () => undefined, ended: () => undefined }

function recordingTask(title: string, log: string[], failAt?: 'setup' | 'teardown'): Task {
  return {
    title,
    setup: () => {
      log.push(`+${title}`)
      if (failAt === 'setup') return Promise.reject(new Error(`${title} cannot start`))
      return Promise.resolve(() => {
        log.push(`-${title}`)
        if (failAt === 'teardown') throw new Error(`${title} cannot stop`)
      })
    },
  }
}

describe('withTasks', () => {
  it('tears down in reverse order after success', async () => {
    const log: string[] = []
    const value = await withTasks([recordingTask('a', log), recordingTask('b', log)], silent, () => Promise.resolve(7))
    expect(value).toBe(7)
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })

  it('tears down what was set up when a later task fails', async () => {
    const log: string[] = []
    const run = withTasks([recordingTask('a', log), recordingTask('b', log, 'setup'), recordingTask('c', log)], silent, () =>
      Promise.resolve(),
    )
    await expect(run).rejects.toThrow('b cannot start')
    expect(log).toEqual(['+a', '+b', '-a'])
  })

  it('goes on tearing down after a teardown that throws, and reports it when nothing worse happened', async () => {
    const log: string[] = []
    const run = withTasks([recordingTask('a', log), recordingTask('b', log, 'teardown')], silent, () => Promise.resolve())
    await expect(run).rejects.toThrow('b cannot stop')
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })

  it('keeps the error of the body when a teardown throws as well', async () => {
    const run = withTasks([recordingTask('a', [], 'teardown')], silent, () => Promise.reject(new Error('the body')))
    await expect(run).rejects.toThrow('the body')
  })
})
