import { readStat } from '../../src/base/process-table.ts'

/** What has ended and was not yet asked for (a zombie) holds nothing any more. */
export function isGone(pid: number): boolean {
  const stat = readStat(pid)
  return stat === undefined || stat.state === 'Z'
}
