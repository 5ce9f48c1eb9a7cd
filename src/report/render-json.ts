import type { RunResult } from '../model/run-result.ts'

/** The order of the top level is part of the contract with people who diff results. */
const order: readonly (keyof RunResult)[] = [
  'schema',
  'name',
  'startedAt',
  'seed',
  'exitCode',
  'verdict',
  'tests',
  'fingerprint',
  'machine',
  'errors',
]

/** `result.json`: two spaces, a stable order, a newline at the end. A number that JSON cannot say becomes null. */
export function renderJson(result: RunResult): string {
  const ordered: Record<string, unknown> = {}
  for (const key of order) ordered[key] = result[key]
  for (const [key, value] of Object.entries(result)) if (!(key in ordered)) ordered[key] = value
  return `${JSON.stringify(ordered, null, 2)}\n`
}
