import type { Second } from './server-figures.ts'

/** When somebody ought to look. */
export interface AlertRule {
  readonly name: string
  readonly summary: string
  /** Of the last seconds, the newest last. */
  readonly value: (seconds: readonly Second[]) => number
  /** Raised when the value is above this in `forSec` seconds one after the other … */
  readonly above: number
  readonly forSec: number
  /** … and cleared when it is at most this, lower one in `clearSec` seconds: what dithers about a limit makes one alert, not twenty. */
  readonly clearAt: number
  readonly clearSec: number
}

export interface AlertChange {
  readonly name: string
  readonly summary: string
  readonly status: 'firing' | 'resolved'
  readonly value: number
}

interface RuleState {
  readonly isFiring: boolean
  /** Seconds in a row that speak for a change. */
  readonly inRow: number
}

/** Over these seconds, so that one failure among five requests at night is no alert. */
const windowSec = 3
const leastRequestsPerSec = 5

const newest =
  (of: keyof Second) =>
  (seconds: readonly Second[]): number =>
    seconds.at(-1)?.[of] ?? 0
const mean =
  (of: keyof Second) =>
  (seconds: readonly Second[]): number => {
    const window = seconds.slice(-windowSec)
    return window.reduce((sum, second) => sum + second[of], 0) / Math.max(1, window.length)
  }

/** Of the requests of the last seconds, those that failed by our fault. */
export function failedShare(seconds: readonly Second[]): number {
  const requests = mean('requestsPerSec')(seconds)
  return requests < leastRequestsPerSec ? 0 : mean('failedPerSec')(seconds) / requests
}

const soon = { forSec: 2, clearSec: 3 }

export interface AlertThresholds {
  readonly loopDelayMs: number
  readonly messagesWaiting: number
  readonly failedShare: number
  readonly failedLogInsPerMinute: number
  readonly connections: number
}

export const standardThresholds: AlertThresholds = {
  loopDelayMs: 200,
  messagesWaiting: 2_000,
  failedShare: 0.05,
  failedLogInsPerMinute: 120,
  connections: 8_000,
}

/** Each is seen within the window and two seconds more: five in all, as promised. */
export function alertRules(limits: AlertThresholds): readonly AlertRule[] {
  const rule = (name: string, summary: string, value: AlertRule['value'], above: number): AlertRule => {
    return { name, summary, value, above, clearAt: above * 0.7, ...soon }
  }
  return [
    rule('EventLoopDelayed', 'The event loop is late.', newest('loopDelayMs'), limits.loopDelayMs),
    rule('MessagesWaiting', 'Messages wait for the database.', newest('messagesWaiting'), limits.messagesWaiting),
    rule('ErrorsHigh', 'Too many requests fail by our fault.', failedShare, limits.failedShare),
    rule(
      'LogInsFailing',
      'Somebody may be guessing passwords.',
      (seconds) => mean('failedLogInsPerSec')(seconds) * 60,
      limits.failedLogInsPerMinute,
    ),
    rule('ConnectionsHigh', 'The limit of connections is near.', newest('connections'), limits.connections),
  ]
}

/** Remembers what is firing; a second in, the changes out. */
export class AlertStates {
  readonly #rules: readonly AlertRule[]
  readonly #states = new Map<string, RuleState>()

  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules
  }

  get firing(): readonly string[] {
    return this.#rules.map(({ name }) => name).filter((name) => this.#states.get(name)?.isFiring)
  }

  evaluate(seconds: readonly Second[]): readonly AlertChange[] {
    return this.#rules.flatMap((rule) => {
      const { isFiring, inRow } = this.#states.get(rule.name) ?? { isFiring: false, inRow: 0 }
      const value = rule.value(seconds)
      const speaksForChange = isFiring ? value <= rule.clearAt : value > rule.above
      const isChange = speaksForChange && inRow + 1 >= (isFiring ? rule.clearSec : rule.forSec)
      this.#states.set(rule.name, {
        isFiring: isFiring !== isChange,
        inRow: speaksForChange && !isChange ? inRow + 1 : 0,
      })
      if (!isChange) return []
      return [{ name: rule.name, summary: rule.summary, status: isFiring ? ('resolved' as const) : ('firing' as const), value }]
    })
  }
}
