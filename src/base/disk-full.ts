import { ToolError } from './errors.ts'

/** No space, no quota, or a limit on the size of files. */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** What a full disk has refused, in words; anything else as it was thrown. */
export function withDiskFull(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown) || !codes.includes(thrown.code)) return thrown
  return new ToolError('DISK_FULL', `A file cannot be written: ${thrown.message}.`, {
    hint: 'Free some space. The record of the run goes where --out DIR leads, temporary files where TMPDIR does.',
    cause: thrown,
  })
}
