import type { TestData } from '../analysis/index.ts'
import { digits } from './format-value.ts'

/** How far a test got that did not come to its end: time of load, work done, load reached; of a search the last trial. */
export function howFar(test: TestData): string {
  const { durationSec } = test.spec
  const planned = durationSec > 0 ? ` (${digits(durationSec)} s were planned)` : ''
  const iterations = test.total('scenario').count
  const work = `${digits(iterations)} iteration${iterations === 1 ? '' : 's'} made`
  return [`after ${Math.round(test.loadSec)} s of load${planned}`, work, lastTrial(test) ?? lastLoad(test)]
    .filter((part) => part !== undefined)
    .join(', ')
}

function lastTrial(test: TestData): string | undefined {
  const trial = test.events.findLast((event) => event.kind === 'trial-started')
  if (trial?.kind !== 'trial-started') return undefined
  const unit = test.spec.capacity?.unit === 'users' ? ' users' : '/s'
  return `last in trial ${trial.trial} at ${digits(trial.load)}${unit}`
}

/** The load in the last second of which there is a whole account. */
function lastLoad(test: TestData): string | undefined {
  const seconds = test.generators()
  const last = seconds.reduce((latest, { sec, window }) => (window.lengthSec > 0.9 ? Math.max(latest, sec) : latest), -1)
  const windows = seconds.flatMap(({ sec, window }) => (sec === last ? [window] : []))
  if (windows.length === 0) return undefined
  const isOpen = test.spec.loads.some(({ load }) => load.model === 'open' || load.model === 'trace')
  const total = (of: (window: (typeof windows)[number]) => number): number => windows.reduce((sum, window) => sum + of(window), 0)
  const users = total((window) => window.usersMax)
  if (!isOpen) return `${digits(users)} user${users === 1 ? '' : 's'} at the end`
  return `${digits(total((window) => window.started))} arrivals/s at the end`
}
