import type { AttackAction } from '../../model/attack-spec.ts'
import type { Fields } from '../fields.ts'

/** What one name of `attack.…` takes, and what it means. */
export interface AttackReader {
  /** Besides those of every attack. */
  readonly keys: readonly string[]
  /** What it speaks: where `to` may lead. */
  readonly schemes: readonly string[]
  /** What it goes by where the plan does not say. */
  readonly defaults: {
    readonly path: string
    readonly perSec: number
    readonly connections: number
    readonly blocked: readonly string[]
  }
  read(fields: Fields, place: { readonly path: string; readonly protocol: 'ws' | 'tcp' }): AttackAction | undefined
}

export const http = ['http:', 'https:']
export const webSocket = ['http:', 'https:', 'ws:', 'wss:']
export const messages = [...webSocket, 'tcp:']

/** The list of the plan, or so many that are made up. */
export function listOf(
  fields: Fields,
  key: string,
  { count, made }: { count: number; made: (i: number) => string },
): readonly string[] {
  const value = fields.raw(key)
  if (typeof value === 'number' || value === undefined) {
    const many = value === undefined ? count : fields.count(key, 1)
    return Array.from({ length: Math.min(many ?? 1, mostMade) }, (_, i) => made(i))
  }
  const texts = fields.strings(key, 'a list of texts, or how many are made up')
  if (texts !== undefined && texts.length === 0) fields.wrong(key, 'a list with at least one text')
  return texts ?? []
}

/** More made-up words than this would only make the plan's record longer. */
const mostMade = 100_000
