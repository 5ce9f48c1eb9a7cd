import { expect, test } from 'vitest'
import { resourceErrors } from './target-look.ts'

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
