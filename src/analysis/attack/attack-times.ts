import type { TestData } from '../test-data.ts'
import type { FaultTimes } from '../recovery/fault-times.ts'

/** When the attacks of a test were there: the service has to come back from them as from a fault. */
export function attackTimesOf(test: TestData): readonly FaultTimes[] {
  const start = test.loadStartSec ?? test.startSec
  return (test.spec.attacks ?? []).map(({ id }) => {
    const started = test.events.find((event) => event.kind === 'attack-started' && event.id === id)
    const ended = test.events.find((event) => event.kind === 'attack-ended' && event.id === id)
    const atSec = started?.kind === 'attack-started' && started.ok ? started.t - start : null
    return {
      ...{ id, word: 'attack', atSec, link: null, reverted: true },
      clearedSec: atSec === null || ended === undefined ? null : ended.t - start,
    }
  })
}
