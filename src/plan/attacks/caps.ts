import { formatBytes } from '../../base/bytes.ts'
import { formatDuration } from '../../base/duration.ts'
import { formatRate, rateExamples, readRate } from '../../base/rate.ts'
import type { Problems, Path } from '../../base/check.ts'
import type { AttackCaps } from '../../model/attack-spec.ts'
import { Fields } from '../fields.ts'

/** What an attack keeps to where the plan does not say: enough for a reference system, little for anybody else. */
export const defaultCaps: AttackCaps = { perSec: 500, sockets: 1000, bytes: 100_000_000, seconds: 120 }
/** And what no plan can raise. */
export const hardCaps: AttackCaps = { perSec: 5000, sockets: 10_000, bytes: 1_000_000_000, seconds: 600 }

/** `caps` of an attack. */
export function readCaps(problems: Problems, path: Path, value: unknown): AttackCaps {
  const fields = new Fields(problems, path, value, ['rate', 'sockets', 'bytes', 'time'])
  const timeMs = fields.durationMs('time')
  const within = (key: string, given: number | undefined, otherwise: number, most: { value: number; text: string }): number => {
    if (given === undefined) return otherwise
    if (given > most.value) fields.wrong(key, `at most ${most.text}, which no plan can raise`)
    return given
  }
  return {
    perSec: within('rate', readRatePerSec(fields, 'rate'), defaultCaps.perSec, {
      ...{ value: hardCaps.perSec, text: formatRate(hardCaps.perSec) },
    }),
    sockets: within('sockets', fields.count('sockets', 1), defaultCaps.sockets, {
      ...{ value: hardCaps.sockets, text: String(hardCaps.sockets) },
    }),
    bytes: within('bytes', fields.bytes('bytes'), defaultCaps.bytes, {
      ...{ value: hardCaps.bytes, text: formatBytes(hardCaps.bytes) },
    }),
    seconds: within('time', timeMs === undefined ? undefined : timeMs / 1000, defaultCaps.seconds, {
      ...{ value: hardCaps.seconds, text: formatDuration(hardCaps.seconds * 1000) },
    }),
  }
}

/** A rate above zero. */
export function readRatePerSec(fields: Fields, key: string): number | undefined {
  const value = fields.raw(key)
  if (value === undefined) return undefined
  const rate = readRate(value)
  if (rate !== undefined && rate > 0) return rate
  fields.wrong(key, rateExamples)
  return undefined
}
