import type { Path, Problems } from '../base/check.ts'
import { listWords } from '../base/check.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import { Fields } from './fields.ts'

const limitKeys = ['files', 'memory', 'cpus', 'fileSize', 'processes'] as const

/** `limits` of a test or of the target; undefined when absent or wrong. */
export function resolveLimits(problems: Problems, path: Path, value: unknown): LimitsSpec | undefined {
  if (value === undefined) return undefined
  const fields = new Fields(problems, path, value, limitKeys)
  const files = fields.count('files', 16)
  const memoryBytes = atLeast(fields, 'memory', 16 * 2 ** 20, "at least '16MiB', which Node.js needs to start")
  const cpus = readCpus(fields)
  const fileSizeBytes = atLeast(fields, 'fileSize', 512, 'at least 512 bytes')
  const processes = fields.count('processes', 1)
  if (!limitKeys.some((key) => fields.has(key))) problems.addText(path, `at least one of ${listWords(limitKeys)}`, 'none')
  return {
    ...(files === undefined ? {} : { files }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(fileSizeBytes === undefined ? {} : { fileSizeBytes }),
    ...(processes === undefined ? {} : { processes }),
  }
}

/** `limits` of a test replace those of the target; only a target that we start can have any. */
export function limitsOf(
  fields: Fields,
  target: { readonly limits: LimitsSpec | undefined; readonly isStarted: boolean },
): LimitsSpec | undefined {
  if (!fields.has('limits')) return target.limits
  if (!target.isStarted) fields.wrong('limits', 'a target with a `start` command', 'Limits are laid on a process when it starts.')
  return resolveLimits(fields.problems, fields.at('limits'), fields.raw('limits'))
}

function atLeast(fields: Fields, key: string, least: number, expected: string): number | undefined {
  const bytes = fields.bytes(key)
  if (bytes === undefined || bytes >= least) return bytes
  fields.wrong(key, expected)
  return undefined
}

function readCpus(fields: Fields): number | undefined {
  const value = fields.raw('cpus')
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0.05)) return value
  fields.wrong('cpus', 'a number of cores such as 1, 2 or 0.5')
  return undefined
}
