import type { ValidityCheck } from '../model/run-result.ts'
import { graded } from './graded.ts'
import { wasRead } from './stop-readings.ts'
import type { CheckInput } from './validity.ts'

/** A condition that never had a value could not have stopped anything: whoever relies on it should know. */
export function stopConditions({ test, data }: CheckInput): ValidityCheck | undefined {
  const { stopWhen } = test.spec
  if (stopWhen.length === 0) return undefined
  const moment = { data, test, nowSec: data.lastSec }
  const blind = stopWhen.filter((condition) => !wasRead(condition, moment))
  const names = blind.map(({ text }) => `"${text}"`).join(', ')
  const why = data.events.flatMap((event) => (event.kind === 'probe-unavailable' ? [`${event.probe}: ${event.reason}`] : []))
  return graded({
    id: 'stop-conditions',
    title: 'Stop conditions that never had a value',
    unit: 'count',
    value: blind.length,
    warn: 0,
    advice: `Nothing was measured for ${names}, so it could not have stopped the load. Look at the name, and at the probes that did not work here${why.length > 0 ? `: ${why.join('; ')}` : ''}.`,
  })
}
