import type { LoadSpec, Stage } from '../model/load-spec.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import { allowedHosts } from '../plan/index.ts'
import type { LoadedPlan } from '../run/index.ts'

/** What `--dry-run` prints: what would be started, who would be loaded, how much, and how it would be judged. */
export function describePlan(
  { spec }: LoadedPlan,
  { workers, seed }: { readonly workers: number; readonly seed: number },
): string {
  const lines = [
    `plan ${spec.name} (${spec.file}), fingerprint ${spec.fingerprint.slice(0, 12)}, ${workers} worker${workers === 1 ? '' : 's'}, seed ${seed}`,
    ...Object.entries(spec.services).map(([name, service]) => `starts service ${name}: ${service.kind}`),
    ...describeTarget(spec),
    `requests may go to: ${allowedHosts(spec).join(', ') || 'nowhere'}`,
    ...spec.tests.flatMap(describeTest),
    'Nothing was started (--dry-run).',
  ]
  return `${lines.join('\n')}\n`
}

function describeTarget({ target }: PlanSpec): readonly string[] {
  if (target === undefined) return ['no target: the scenarios themselves are what is tested']
  const { start, cwd, url } = target
  if (start !== undefined)
    return [`starts the target: ${start.join(' ')} (in ${cwd})`, ...(url === undefined ? [] : [`loads ${url}`])]
  return url === undefined ? [] : [`loads ${url}, which it does not start`]
}

function describeTest(test: TestSpec): readonly string[] {
  return [
    `test ${test.name} (suite ${test.suite}), ${test.durationSec} s${test.warmupSec > 0 ? `, the first ${test.warmupSec} s not judged` : ''}`,
    ...test.loads.map(({ load, mix }) => `  ${describeLoad(load)} by ${describeMix(mix)}`),
    ...test.objectives.map(({ text }) => `  must hold: ${text}`),
    ...test.stopWhen.map(({ text }) => `  stops when: ${text}`),
  ]
}

function describeMix(mix: Readonly<Record<string, number>>): string {
  const sum = Object.values(mix).reduce((a, b) => a + b, 0)
  return Object.entries(mix)
    .map(([name, share]) => `${name} ${((100 * share) / sum).toFixed(0)} %`)
    .join(', ')
}

function describeLoad(load: LoadSpec): string {
  switch (load.model) {
    case 'closed':
      return `closed model: ${describeStages(load.stages, 'users')}`
    case 'open':
      return `open model (${load.process}): ${describeStages(load.stages, 'arrivals/s')}, at most ${load.maxUsers} users at once`
    case 'iterations':
      return `${load.iterations} iterations by ${load.users} users, at most ${load.limitSec} s`
    case 'trace':
      return `${load.arrivals} arrivals at the times in ${load.path}`
    case 'watch':
      return 'no load, only looking'
  }
}

function describeStages(stages: readonly Stage[], unit: string): string {
  return stages
    .map(({ from, to, durationSec }) =>
      from === to ? `${to} ${unit} for ${durationSec} s` : `${from} to ${to} ${unit} over ${durationSec} s`,
    )
    .join(', ')
}
