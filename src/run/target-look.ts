import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { pause } from '../base/pause.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import { isToBeGivenBack } from '../verdicts/index.ts'
import type { Session } from './session.ts'

/** Rounds of the probes, once a second, that are awaited before and after the load: what a target holds at rest. */
const restSec = { before: 2.2, after: 3.2 } as const
/** The end of a longer output is not looked through. */
const mostBytes = 8 * 2 ** 20

/** What an operating system answers a program that asks for more than there is (errno(3)), and how runtimes print it. */
const words = {
  EMFILE: /EMFILE|too many open files(?! in system)/gi,
  ENFILE: /ENFILE|too many open files in system/gi,
  ENOSPC: /ENOSPC|no space left on device/gi,
  EFBIG: /EFBIG|file too large/gi,
  ENOMEM: /ENOMEM|cannot allocate memory|heap out of memory|OutOfMemoryError|bad_alloc/gi,
  EAGAIN: /EAGAIN|resource temporarily unavailable/gi,
} as const

/** Looks at the target around a test that limits it: only what has a limit is asked to be given back. */
export interface TargetLook {
  before(test: TestSpec): Promise<void>
  /** Also tells which errors of the operating system the target has written to its output meanwhile. */
  after(test: TestSpec): Promise<void>
}

export function createTargetLook(session: Session, outFile: string): TargetLook {
  let readFrom = 0
  const rest = (test: TestSpec, sec: number): Promise<void> | undefined =>
    // In process there is nothing that rests while we look.
    holdsLimited(test) && !runsInThreadsOnly(session.data.header.plan) ? pause(sec * 1000, session.signal) : undefined
  return {
    async before(test) {
      await rest(test, restSec.before)
      readFrom = sizeOf(outFile)
    },
    async after(test) {
      await rest(test, restSec.after)
      const errors = resourceErrors(readEnd(outFile, readFrom))
      if (Object.keys(errors).length === 0) return
      session.emit({ kind: 'probe-fact', probe: 'target', fact: 'resource-errors', value: { test: test.name, errors } })
    },
  }
}

/** Neither a target nor a service: all that is tested runs in our own threads. */
export function runsInThreadsOnly({ target, services }: PlanSpec): boolean {
  return target === undefined && Object.keys(services).length === 0
}

/** A search looks at its own baseline, and of cores or the size of a file nothing is left to be given back. */
function holdsLimited({ limits, capacity }: TestSpec): boolean {
  return capacity === undefined && limits !== undefined && isToBeGivenBack(limits)
}

/** How often each word stands in a text. */
export function resourceErrors(text: string): Readonly<Record<string, number>> {
  const counts = Object.entries(words).map(([name, pattern]) => [name, text.match(pattern)?.length ?? 0] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

function readEnd(path: string, from: number): string {
  const length = Math.min(mostBytes, sizeOf(path) - from)
  if (length <= 0) return ''
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, length, from))
  } finally {
    closeSync(file)
  }
}
