import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TestBench } from '../test-bench.ts'
import type { FullPlace } from './draw.ts'

export interface FullDisk {
  /** Takes what is free, to the last byte. */
  fill(pid: number): void
  /** Always: a mount outlives the process that made it. */
  remove(): void
}

/** Small file systems of their own for what a run writes; where none may be mounted, a limit on the size of its files. */
export function fullDisk(bench: TestBench, what: FullPlace): FullDisk {
  if (what === 'every file' || !mayMount()) return { fill: forbidGrowth, remove: () => undefined }
  const places = [...(what === 'the record' ? [] : [bench.temp]), ...(what === 'temporary files' ? [] : [bench.out])]
  for (const place of places) {
    mkdirSync(place, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place])
    chmodSync(place, 0o1777)
  }
  return {
    fill() {
      for (const place of places) fillUp(place)
    },
    remove() {
      // Lazily: whoever is still in it must not keep it.
      for (const place of places) execFileSync('umount', ['-l', place])
    },
  }
}

/** Of a process and of those that it starts from now on. */
function forbidGrowth(pid: number): void {
  try {
    execFileSync('prlimit', ['--pid', String(pid), '--fsize=1:unlimited'], { stdio: 'ignore' })
  } catch {
    // It has ended.
  }
}

function fillUp(place: string): void {
  const file = openSync(join(place, 'ballast'), 'a')
  try {
    for (const size of [65536, 4096, 512, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size))
      } catch {
        // So much does not fit any more.
      }
    }
  } finally {
    closeSync(file)
  }
}

/** Only root may, and not in every container. */
export function mayMount(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/proc/self/ns/mnt')) return false
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
