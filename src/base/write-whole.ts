import { writeSync } from 'node:fs'

/** All of it, or an error: a disk that is nearly full, and a limit on the size of files, take a part of a write without a word. */
export function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}
