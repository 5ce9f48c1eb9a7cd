import type { LimitSaid } from '../../../src/model/limiter-step.ts'

export type ModelKind =
  'token bucket' | 'fixed window' | 'own window' | 'sliding log' | 'sliding counter' | 'leaky queue' | 'none'

/** A limiter of known truth: what it lets through, and what is wrong with it. */
export interface LimiterTruth {
  readonly kind: ModelKind
  readonly ratePerSec: number
  /** Tokens, or the quota of a window, or the places of a queue. */
  readonly burst: number
  /** Where a clock begins the windows: this part of a window after second 0. */
  readonly phase?: number
  /** Until its store has written the count, and it answers. A racy one decides by what it read before, and writes that, less one. */
  readonly storeSec?: number
  readonly defect?: LimiterDefect
}

export type LimiterDefect =
  | 'racy'
  | 'uncapped'
  | 'shared'
  | 'short retry'
  | 'long retry'
  | 'wrong remaining'
  | 'wrong policy'
  | 'late reset'
  | 'early reset'
  | 'reset after retry'
  | BypassDefect

export type BypassDefect = 'by x-forwarded-for' | 'by path' | 'by query' | 'by method' | 'by connection'

export interface ModelDecision {
  readonly isAccepted: boolean
  /** Before it is answered. */
  readonly waitSec: number
  readonly said: LimitSaid
}

/** A client's limiter: the time in, the decision out. */
interface Counter {
  /** Tokens that are there now. */
  left(now: number): number
  take(now: number): number
  /** Until one more is let through. */
  untilNext(now: number): number
}

/** Decides as the truth says; used on virtual time and by a real server. */
export class LimiterModel {
  readonly truth: LimiterTruth
  readonly #counters = new Map<string, Counter>()

  constructor(truth: LimiterTruth) {
    this.truth = truth
  }

  decide(key: string, now: number): ModelDecision {
    const { kind, defect, storeSec = 0 } = this.truth
    if (kind === 'none') return { isAccepted: true, waitSec: 0, said: {} }
    const counter = this.#counterOf(defect === 'shared' ? 'all' : key)
    const isAccepted = counter.left(now) >= 1 - 1e-9
    const waitSec = (isAccepted ? counter.take(now) : 0) + storeSec
    // It tells what it has written.
    const toldAt = readsFirst(this.truth) ? now + storeSec + 1e-9 : now
    return { isAccepted, waitSec, said: this.#said(counter, toldAt, isAccepted) }
  }

  /** Looks only: what a racy limiter does before it writes. */
  wouldAccept(key: string, now: number): boolean {
    return this.#counterOf(key).left(now) >= 1 - 1e-9
  }

  #said(counter: Counter, now: number, isAccepted: boolean): LimitSaid {
    const { burst, ratePerSec, defect } = this.truth
    const untilNext = counter.untilNext(now)
    const honest = Math.max(1, Math.ceil(untilNext))
    const retryAfterSec = defect === 'short retry' ? Math.floor(untilNext / 2) : defect === 'long retry' ? honest + 5 : honest
    const left = Math.max(0, Math.floor(counter.left(now) + 1e-9))
    const windowSec = burst / ratePerSec
    const resets: Partial<Record<LimiterDefect, number>> = {
      'late reset': Math.ceil(2 * windowSec) + 5,
      'early reset': Math.floor(untilNext / 2),
      'reset after retry': isAccepted ? honest : honest + 3,
    }
    return {
      limit: burst,
      resetSec: (defect && resets[defect]) ?? honest,
      remaining: defect === 'wrong remaining' ? left + Math.max(5, Math.ceil(burst / 3)) : left,
      policies: [{ quota: defect === 'wrong policy' ? burst * 2 : burst, windowSec }],
      ...(isAccepted ? {} : { retryAfterSec }),
    }
  }

  #counterOf(key: string): Counter {
    const known = this.#counters.get(key)
    if (known !== undefined) return known
    const fresh = counterOf(this.truth)
    this.#counters.set(key, fresh)
    return fresh
  }
}

function counterOf(truth: LimiterTruth): Counter {
  const { kind, ratePerSec, burst } = truth
  const windowSec = burst / ratePerSec
  switch (kind) {
    case 'none':
    case 'token bucket':
    case 'leaky queue':
      return readsFirst(truth) ? lateBucket(truth) : bucket(truth)
    case 'fixed window':
      return window(windowSec, burst, (truth.phase ?? 0) * windowSec)
    case 'own window':
      return window(windowSec, burst, undefined)
    case 'sliding log':
      return log(windowSec, burst)
    case 'sliding counter':
      return slidingCounter(windowSec, burst, (truth.phase ?? 0) * windowSec)
  }
}

/** Racy by itself; without a store, whoever asks it makes the race. */
export function readsFirst({ defect, storeSec }: LimiterTruth): boolean {
  return defect === 'racy' && storeSec !== undefined
}

/** Who looks while another one's count is being written reads the one before it, and the last one to write wins. */
function lateBucket({ ratePerSec, burst, storeSec = 0 }: LimiterTruth): Counter {
  let written: { readonly sec: number; readonly tokens: number }[] = []
  const left = (now: number): number => {
    const last = written.findLast(({ sec }) => sec < now)
    return last === undefined ? burst : Math.min(burst, last.tokens + (now - last.sec) * ratePerSec)
  }
  return {
    left,
    take(now) {
      const tokens = left(now) - 1
      const needed = Math.max(
        0,
        written.findLastIndex(({ sec }) => sec < now - 1),
      )
      written = [...written.slice(needed), { sec: now + storeSec, tokens }]
      return 0
    },
    untilNext: (now) => Math.max(0, 1 - left(now)) / ratePerSec,
  }
}

function bucket({ kind, ratePerSec, burst, defect }: LimiterTruth): Counter {
  let tokens = burst
  let at: number | undefined
  const refill = (now: number): void => {
    const more = tokens + (now - (at ?? now)) * ratePerSec
    tokens = defect === 'uncapped' ? more : Math.min(burst, more)
    at = now
  }
  return {
    left: (now) => (refill(now), tokens),
    take(now) {
      refill(now)
      tokens -= 1
      return kind === 'leaky queue' ? (burst - tokens - 1) / ratePerSec : 0
    },
    untilNext: (now) => (refill(now), Math.max(0, 1 - tokens) / ratePerSec),
  }
}

function window(windowSec: number, quota: number, phaseSec: number | undefined): Counter {
  let begins = -Infinity
  let used = 0
  const renew = (now: number): void => {
    if (now < begins + windowSec) return
    begins = phaseSec === undefined ? now : phaseSec + Math.floor((now - phaseSec) / windowSec) * windowSec
    used = 0
  }
  return {
    left: (now) => (phaseSec === undefined && now >= begins + windowSec ? quota : (renew(now), quota - used)),
    take(now) {
      renew(now)
      used += 1
      return 0
    },
    untilNext: (now) => (quota - used >= 1 ? 0 : begins + windowSec - now),
  }
}

function log(windowSec: number, quota: number): Counter {
  let times: number[] = []
  const within = (now: number): number[] => (times = times.filter((time) => time > now - windowSec))
  return {
    left: (now) => quota - within(now).length,
    take(now) {
      times.push(now)
      return 0
    },
    untilNext: (now) => (within(now).length < quota ? 0 : (times[0] ?? now) + windowSec - now),
  }
}

/** Of the window before, the part that still lies within the last W seconds counts as if it had come evenly. */
function slidingCounter(windowSec: number, quota: number, phaseSec: number): Counter {
  let index = -Infinity
  let now0 = 0
  let before = 0
  let current = 0
  const renew = (now: number): number => {
    const is = Math.floor((now - phaseSec) / windowSec)
    if (is > index) {
      before = is === index + 1 ? current : 0
      current = 0
      index = is
    }
    now0 = now
    return (now - phaseSec) / windowSec - is
  }
  return {
    left(now) {
      const part = renew(now)
      return quota - (before * (1 - part) + current)
    },
    take(now) {
      renew(now)
      current += 1
      return 0
    },
    untilNext(now) {
      for (let t = now; t < now + 2 * windowSec; t += windowSec / (20 * quota)) {
        const part = (t - phaseSec) / windowSec - index
        const count = part < 1 ? before * (1 - part) + current : current * (2 - part)
        if (quota - count >= 1) return t - now0
      }
      return windowSec
    },
  }
}
