import { expect, test } from 'vitest'
import { pause } from '../base/pause.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { Session } from './session.ts'
import { createTargetLook, resourceErrors } from './target-look.ts'

test('a target with limits of what it holds is looked at while it rests, and no other is kept waiting', async () => {
  const end = new AbortController()
  const plan = { target: { start: ['node'] }, services: {} }
  const session = { data: { header: { plan } }, signal: end.signal } as unknown as Session // the rest of a run is not asked
  const look = createTargetLook(session, '/nowhere')
  const rests = (test: Partial<TestSpec>): Promise<boolean> =>
    // Of a test, only what it takes.
    Promise.race([look.before(test as TestSpec).then(() => false), pause(300, end.signal).then(() => true)])
  const faults = [{ id: 'cut', at: 1, forSec: 1, fault: { kind: 'cut' } }] as unknown as NonNullable<TestSpec['faults']>
  expect(await rests({ limits: { files: 64 } })).toBe(true)
  expect(await rests({ limits: { memoryBytes: 2 ** 26, cpus: 1 } })).toBe(true)
  expect(await rests({ limits: { cpus: 0.5, fileSizeBytes: 65_536 } })).toBe(false)
  expect(await rests({ faults })).toBe(false)
  expect(await rests({})).toBe(false)
  end.abort()
})

test('errors of the operating system are counted, however a runtime prints them', () => {
  const output = `
Error: EMFILE: too many open files, accept
accept4: too many open files in system
[Errno 28] No space left on device
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
write failed: file too large`
  expect(resourceErrors(output)).toEqual({ EMFILE: 2, ENFILE: 1, ENOSPC: 1, EFBIG: 1, ENOMEM: 1 })
})

test('ordinary output has none', () => {
  expect(resourceErrors('listening on 8080\nGET /files 200\n')).toEqual({})
})
