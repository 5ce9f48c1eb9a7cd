import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { maskSecrets } from '../base/secrets.ts'

const tailBytes = 16_384

/** The last lines of a file that a process writes its output to; at most what fits in its last 16 KiB. */
export function lastLinesOf(path: string, secrets: readonly string[] = [], count = 20): string[] {
  try {
    const file = openSync(path, 'r')
    try {
      const size = fstatSync(file).size
      const length = Math.min(size, tailBytes)
      const buffer = Buffer.alloc(length)
      readSync(file, buffer, 0, length, size - length)
      return maskSecrets(buffer.toString('utf8'), secrets)
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .slice(-count)
    } finally {
      closeSync(file)
    }
  } catch {
    return []
  }
}

const largestMasked = 256 * 1024 * 1024

/** Takes secrets out of a finished log. The process wrote it itself, so it can only be done afterwards. */
export function maskFile(path: string, secrets: readonly string[]): void {
  if (secrets.length === 0) return
  try {
    const file = openSync(path, 'r')
    const { size } = fstatSync(file)
    closeSync(file)
    if (size > largestMasked) return
    const text = readFileSync(path, 'utf8')
    const masked = maskSecrets(text, secrets)
    if (masked !== text) writeFileSync(path, masked)
  } catch {
    // no log: nothing to mask
  }
}
