import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure, resolve, right } from '../../test/kit/resolved-plan.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

test('--config and --set lie over the plan, and their mistakes name file, line and column', () => {
  const file = join(temporaryFolder(), 'ci.yml')
  writeFileSync(file, 'target:\n  url: http://127.0.0.1:81/\ntests:\n  peak:\n    for: 2m\n')
  const { spec } = resolve(
    { ...right, target: { url: 'http://127.0.0.1:80', ready: '/up' } },
    { configs: [file], settings: ["tests['peak'].arrivals=7/s"] },
  )
  expect(spec.target).toMatchObject({ url: 'http://127.0.0.1:81', ready: '/up' })
  expect(spec.tests[0]).toMatchObject({ kind: 'arrivals', durationSec: 120 })

  writeFileSync(file, 'tests:\n  peak:\n    for: soon\n  peek: { for: 1s }\n')
  const wrong = failure(right, { configs: [file] })
  expect(wrong.code).toBe('CONFIG_INVALID')
  expect(wrong.message).toContain(`${file}:3:10: tests.peak.for: expected a duration`)
  expect(wrong.message).toContain('Did you mean `peak`?')
  expect(failure(right, { settings: ['tests.peak.for=soon'] }).message).toContain(
    '--set tests.peak.for=soon: tests.peak.for: expected',
  )
  expect(failure(right, { settings: ['nonsense'] }).code).toBe('CONFIG_INVALID')

  writeFileSync(file, 'tests: [\n')
  expect(failure(right, { configs: [file] }).message).toMatch(/ci\.yml:\d+:\d+: /)
})

test('--target starts nothing there', () => {
  const { spec } = resolve(
    { ...right, target: { url: 'http://127.0.0.1:80', start: 'node x.js', ready: '/up' } },
    { target: 'http://10.0.0.1:8080' },
  )
  expect(spec.target).toMatchObject({ url: 'http://10.0.0.1:8080', ready: '/up' })
  expect(spec.target?.start).toBeUndefined()
})
