import type { RunData } from '../../src/analysis/index.ts'
import type { Random } from '../../src/base/random.ts'
import { healthyRecord, openLoad } from './healthy-record.ts'

export interface SilentDependency {
  /** Requests of users a second, each of which needs one call. */
  readonly perSec: number
  /** Limit of time on a call; infinite: it waits for as long as it takes. */
  readonly timeoutSec: number
  /** Limit of time on a user's answer: who has it is answered then, whatever becomes of the call. */
  readonly answerSec?: number
  /** So many users wait for it at once; the others are refused. */
  readonly places: number
  /** It is silent from here to there: no call is answered, and all that wait are when it ends. */
  readonly fromSec: number
  readonly toSec: number
  readonly seconds: number
  readonly protocol?: 'http' | 'tcp'
}

const start = 2
const usualSec = 0.04
const refusalMs = 2

interface Tenth {
  calls: number
  answered: number
  failed: number
}

/** The record that a run would have kept of a target whose dependency `payments` falls silent. */
export function silentDependencyRecord(system: SilentDependency, random: Random): RunData {
  const { perSec, timeoutSec, answerSec = Infinity, places, fromSec, toSec, seconds } = system
  const tenths = Array.from({ length: 10 * (seconds + 10) }, (): Tenth => ({ calls: 0, answered: 0, failed: 0 }))
  const answers = Array.from({ length: seconds + 10 }, (): number[] => [])
  const count = (sec: number, key: keyof Tenth): void => {
    const tenth = tenths[Math.floor(10 * sec)]
    if (tenth !== undefined) tenth[key]++
  }
  let waiting: readonly number[] = []
  for (let at = 0; at < seconds; at -= Math.log(1 - random.next()) / perSec) {
    waiting = waiting.filter((end) => end > at)
    if (waiting.length >= places) {
      answers[Math.floor(at)]?.push(refusalMs)
      continue
    }
    const isSilent = at + usualSec > fromSec && at < toSec
    const wanted = isSilent ? toSec + usualSec - at : usualSec
    const lasts = Math.min(wanted, timeoutSec)
    count(at, 'calls')
    count(at + lasts, wanted <= timeoutSec ? 'answered' : 'failed')
    const answer = Math.min(lasts, answerSec)
    answers[Math.floor(at + answer)]?.push(1000 * answer)
    waiting = [...waiting, at + answer]
  }
  return recordOf(system, tenths, answers)
}

function recordOf(system: SilentDependency, tenths: readonly Tenth[], answers: readonly (readonly number[])[]): RunData {
  const { perSec, fromSec, toSec, seconds, protocol = 'http' } = system
  const command = { url: 'http://127.0.0.1:9000', start: ['node'], cwd: '/', env: {}, readyTimeoutSec: 1, stopTimeoutSec: 1 }
  const common = { test: 'the test', id: 'blackhole(payments)', evidence: 'seen' }
  const data = healthyRecord({
    seconds,
    perSec,
    load: openLoad(perSec, seconds),
    times: (sec) => answers[sec] ?? [],
    plan: { services: { payments: { kind: 'process', protocol, ...command } } },
    spec: {
      links: ['payments'],
      faults: [
        {
          id: common.id,
          atSec: fromSec,
          forSec: toSec - fromSec,
          fault: { kind: 'blackhole', on: 'payments', direction: 'down' },
        },
      ],
    },
    events: [
      { t: start + fromSec, kind: 'fault-started', fault: 'blackhole', verified: true, ...common },
      // To undo it, and to look whether it is undone, takes a moment.
      { t: start + toSec + 0.2, kind: 'fault-ended', held: true, reverted: true, crossed: 1, ...common },
    ],
  })
  tenths.forEach(({ calls, answered, failed }, i) => {
    if (calls + answered + failed === 0) return
    const rest = { connections: 0, broken: 0, open: 1, bytesUp: 0, bytesDown: 0 }
    data.addWindow({ t: start + i / 10, kind: 'link', link: 'payments', calls, answered, failed, ...rest })
  })
  return data
}
