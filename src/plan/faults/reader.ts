import { durationExamples, readDuration } from '../../base/duration.ts'
import { readBytes } from '../../base/bytes.ts'
import { readShare, shareExamples } from '../../base/share.ts'
import type { FaultAction } from '../../model/fault-spec.ts'
import type { Direction } from '../../model/link-fault.ts'
import type { ProcessRef } from '../../model/process-fault.ts'
import type { Fields } from '../fields.ts'

/**
 * What `on` of a fault has to be: a link (that speaks HTTP, or PostgreSQL), a database to connect to, a process (that can be started again), a preloaded
 * target (there is no `on`), or nothing.
 */
export type Requirement = 'link' | 'http' | 'postgres' | 'database' | 'process' | 'own-process' | 'preload' | 'nothing'

/** What one name of `fault.…` takes, and what it means. */
export interface FaultReader {
  /** Besides `on`. */
  readonly keys: readonly string[]
  readonly on: Requirement
  /** It is done at a moment, and may go without `for`. */
  readonly isMomentary?: true
  read(fields: Fields, place: FaultPlace): FaultAction | undefined
}

export interface FaultPlace {
  readonly on: string
  /** As `on`, or the process id that the plan has. */
  readonly ref: ProcessRef
  /** Folder that relative paths start from. */
  readonly dir: string
}

export function readMs(fields: Fields, key: string, otherwise: number, zero: 'zero' | 'positive' = 'positive'): number {
  return fields.durationMs(key, zero) ?? otherwise
}

/** More than none of it. */
export function readPart(fields: Fields, key: string, otherwise: number): number {
  const value = fields.raw(key)
  if (value === undefined) return otherwise
  const share = readShare(value)
  if (share !== undefined && share > 0) return share
  fields.wrong(key, `${shareExamples}, more than none`)
  return otherwise
}

export function readDirection(fields: Fields, otherwise: Direction): Direction {
  return fields.oneOf('direction', ['up', 'down', 'both']) ?? otherwise
}

/** Bytes a second, of `'100kB'` or `'100kB/s'`. */
export function readBytesPerSec(fields: Fields, key: string, otherwise: number): number {
  const value = fields.raw(key)
  if (value === undefined) return otherwise
  const bytes = readBytes(typeof value === 'string' ? value.replace(/\s*\/\s*s\s*$/, '') : value)
  if (bytes !== undefined && bytes > 0) return bytes
  fields.wrong(key, "bytes a second such as '100kB'")
  return otherwise
}

/** `'10kB'` of an answer, or `'200ms'` after its first byte. */
export function readAfter(fields: Fields): { readonly afterBytes?: number; readonly afterMs?: number } {
  const value = fields.raw('after')
  if (value === undefined) return {}
  const [afterBytes, afterMs] = typeof value === 'string' ? [readBytes(value), readDuration(value)] : []
  if (afterBytes !== undefined) return { afterBytes }
  if (afterMs !== undefined) return { afterMs }
  fields.wrong('after', `a size such as '10kB', or ${durationExamples}`)
  return {}
}

/** Of what a fault cannot go without. */
export function needed<T>(fields: Fields, key: string, value: T | undefined, expected: string): T | undefined {
  if (!fields.has(key)) fields.wrong(key, expected)
  return value
}
