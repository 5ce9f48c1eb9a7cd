import type { Clock } from '../base/clock.ts'
import type { Recorder } from '../metrics/index.ts'
import type { ExchangeObserver } from '../protocols/index.ts'
import type { Examples } from './examples.ts'
import type { LoadMeter } from './load-meter.ts'
import type { RunClock } from './run-clock.ts'
import type { Attribution } from './world.ts'

export interface ObserverParts {
  readonly clock: Clock & RunClock
  readonly meter: LoadMeter
  readonly recorder: Recorder
  readonly examples: Examples
  readonly attribution: Attribution
  readonly debug?: (text: string) => void
}

/** Takes what a protocol reports to the meter, the recorder and the examples of a test. */
export function observeExchanges({ clock, meter, recorder, examples, attribution, debug }: ObserverParts): ExchangeObserver {
  return {
    // hot
    started: (nowMs, sinceMs = nowMs) => meter.requestStarted(nowMs, sinceMs),
    // hot
    heard: (nowMs) => {
      attribution.turns++
      meter.heard(nowMs)
    },
    // hot
    ended: (sample) => {
      meter.requestEnded(sample.endMs)
      recorder.request(sample.name, sample)
      const { failure } = sample
      if (failure !== undefined && examples.wants(failure, sample.name)) {
        const { user } = attribution
        const atSec = clock.toRunSec(sample.endMs)
        examples.add({
          failure,
          name: sample.name,
          message: sample.failureMessage,
          user: user?.id ?? 0,
          iteration: user?.iteration ?? 0,
          atSec,
        })
      }
    },
    waiting: (change) => meter.socketWaiters(clock.now(), change),
    // hot
    count: (name, value) => recorder.counter(name, value),
    measure: (name, value) => recorder.trend(name, value),
    ...(debug ? { debug } : {}),
  }
}
