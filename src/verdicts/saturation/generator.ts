import type { GeneratorWindow } from '../../model/sample.ts'
import type { Resource } from './resource.ts'
import { asPercent } from './resource.ts'

export const generator: Resource = {
  id: 'generator',
  title: 'The generator itself',
  kind: 'works',
  // That of its validity check (80 % warns, 90 % voids).
  threshold: 0.9,
  share: 'Time in which the busiest thread of the generator ran, of the time in which it could have.',
  advice:
    'Not the target is the limit: give the generator cores of its own, raise `--workers`, or make the scenario lighter. The target bears at least this.',
  read({ view }) {
    const byWorker = new Map<number, GeneratorWindow[]>()
    for (const { window } of view.generators(view.judged)) {
      byWorker.set(window.worker, [...(byWorker.get(window.worker) ?? []), window])
    }
    const known = [...byWorker.values()].flatMap((windows) => shareOf(windows) ?? [])
    if (known.length === 0) return { missing: 'CPU of the generator’s threads (this kernel does not tell it)' }
    const share = Math.max(...known)
    return { share, shown: asPercent(share) }
  },
}

function shareOf(windows: readonly GeneratorWindow[]): number | undefined {
  const told = windows.flatMap(({ cpu, runQueueWait }) => (cpu === null ? [] : [{ cpu, wait: runQueueWait ?? 0 }]))
  if (told.length === 0) return undefined
  const cpu = told.reduce((sum, each) => sum + each.cpu, 0) / told.length
  const wait = told.reduce((sum, each) => sum + each.wait, 0) / told.length
  return Math.min(1, cpu / Math.max(cpu, 1 - wait, 1e-9))
}
