import { expect, test } from 'vitest'
import { Problems, formatPath } from '../base/check.ts'
import { Fields } from './fields.ts'
import { limitsOf, resolveLimits } from './resolve-limits.ts'

function read(value: unknown) {
  const problems = new Problems()
  const limits = resolveLimits(problems, ['limits'], value)
  return { limits, wrong: problems.list.map(({ path, expected }) => `${formatPath(path)}: ${expected}`) }
}

test('limits are numbers in plain units', () => {
  expect(read({ files: 256, memory: '200MB', cpus: 1.5, fileSize: '1MB', processes: 20 })).toEqual({
    limits: { files: 256, memoryBytes: 2e8, cpus: 1.5, fileSizeBytes: 1e6, processes: 20 },
    wrong: [],
  })
  expect(read(undefined).limits).toBeUndefined()
})

test.each([
  [{ files: 3 }, 'limits.files: a whole number of at least 16'],
  [{ memory: '1MB' }, "limits.memory: at least '16MiB'"],
  [{ memory: 'much' }, 'limits.memory: a size such as'],
  [{ cpus: 0 }, 'limits.cpus: a number of cores'],
  [{ fileSize: 100 }, 'limits.fileSize: at least 512 bytes'],
  [{ file: 3 }, 'limits.file: one of'],
  [{}, 'limits: at least one of'],
])('%o is told with its place', (value, message) => {
  expect(read(value).wrong.join('\n')).toContain(message)
})

test('limits of a test replace those of the target, and need a target that we start', () => {
  const problems = new Problems()
  const keys = ['limits']
  const own = new Fields(problems, [], { limits: { files: 99 } }, keys)
  const none = new Fields(problems, [], {}, keys)
  const target = { limits: { cpus: 1 }, isStarted: true }
  expect(limitsOf(own, target)).toEqual({ files: 99 })
  expect(limitsOf(none, target)).toEqual({ cpus: 1 })
  expect(problems.list).toEqual([])
  limitsOf(own, { limits: undefined, isStarted: false })
  expect(problems.list[0]?.expected).toBe('a target with a `start` command')
})
