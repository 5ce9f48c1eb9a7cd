/**
 * D4, in the order of the definition: healthy, shed, saturation, congestion collapse, application errors, connection failure, hang, crash, data
 * fault, drift, metastable; FX is the generator's own limit.
 */
export type FailureClass = 'F0' | 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7' | 'F8' | 'F9' | 'F10' | 'FX'

export type ConnectionFailure = 'refused' | 'reset' | 'accept-close' | 'connect-timeout' | 'syn-retransmit' | 'tls'

/** One window's figures, indexed by intended arrival. Rates are per second. */
export interface WindowFigures {
  readonly generatorLimited?: boolean
  readonly offered: number
  readonly good: number
  readonly completed: number
  /** Whether any byte came back from the target in the last 3 L. */
  readonly anyByte: boolean
  /** Latency of the accepted at the objective's quantile, seconds; null without replies. */
  readonly latencySec: number | null
  /** 429, 503, RESOURCE_EXHAUSTED, and their 99th percentile. */
  readonly rejected: number
  readonly rejectP99Sec: number | null
  /** Other 5xx and failed assertions. */
  readonly applicationErrors: number
  readonly connectionFailures?: Readonly<Partial<Record<ConnectionFailure, number>>>
  readonly timeouts: number
  /** Process gone, restarted, or a new start time; `oom` when the kernel counted an OOM kill. */
  readonly crashed?: 'exit' | 'signal' | 'oom'
  readonly dataFault?: boolean
  readonly drift?: boolean
  readonly metastable?: boolean
}

export interface ClassScale {
  /** The latency objective L. */
  readonly limitSec: number
  /** Best goodput seen at any load. */
  readonly goodMax: number
  /** Share of requests that may be not good. */
  readonly allowedShare?: number
}

export interface WindowClass {
  readonly class: FailureClass
  /** Connection failure by its most frequent kind, a crash by its cause. */
  readonly kind?: ConnectionFailure | 'exit' | 'signal' | 'oom'
}

/** How bad a class is: the worst that lasts names the run. */
const severity: Readonly<Record<FailureClass, number>> = {
  F0: 0,
  F1: 1,
  F2: 2,
  F4: 3,
  F3: 4,
  F5: 5,
  F6: 6,
  F9: 7,
  F10: 8,
  F7: 9,
  F8: 10,
  FX: -1,
}

/**
 * Class of one window. What is known from outside the window (a crash, a data fault, drift, metastability) and the void window come first, because
 * the figures of such a window look like those of a lesser class; then D4's order of evidence.
 */
export function classifyWindow(window: WindowFigures, scale: ClassScale): WindowClass {
  if (window.generatorLimited) return { class: 'FX' }
  if (window.crashed) return { class: 'F7', kind: window.crashed }
  if (window.dataFault) return { class: 'F8' }
  if (window.metastable) return { class: 'F10' }
  if (window.drift) return { class: 'F9' }
  if (window.offered === 0) return { class: 'F0' }
  if (!window.anyByte && window.good === 0 && connectionFailures(window).total === 0) return { class: 'F6' }
  const bad = notGood(window)
  // By what came to its end here: what was asked for in this window may well be answered in the next.
  if (bad <= (scale.allowedShare ?? 0.01) * (window.good + bad)) return { class: 'F0' }
  return sheds(window, scale) ? { class: 'F1' } : classifyBad(window, scale)
}

function sheds({ rejected, rejectP99Sec, good }: WindowFigures, { limitSec, goodMax }: ClassScale): boolean {
  return rejected > 0 && rejectP99Sec !== null && rejectP99Sec <= limitSec / 2 && good >= 0.9 * goodMax
}

function notGood(window: WindowFigures): number {
  const { good, completed, applicationErrors, timeouts, rejected } = window
  const late = Math.max(0, completed - rejected - applicationErrors - good)
  return late + rejected + applicationErrors + timeouts + connectionFailures(window).total
}

function classifyBad(window: WindowFigures, { limitSec, goodMax }: ClassScale): WindowClass {
  const { offered, good, latencySec, applicationErrors, timeouts, rejected } = window
  const connection = connectionFailures(window)
  const errors = connection.total + applicationErrors + rejected + timeouts
  if (latencySec !== null && latencySec > limitSec && errors < 0.01 * offered) return { class: 'F2' }
  // What the target completes when its clients have given up cannot be seen. What it took in can: all but what it turned away at once.
  const takenIn = offered - connection.total - applicationErrors - rejected
  if (takenIn >= 0.8 * goodMax && good < 0.5 * goodMax) return { class: 'F3' }
  if (connection.total > applicationErrors + rejected && connection.kind) return { class: 'F5', kind: connection.kind }
  // Slow rejects, and rejects that cost the goodput, are errors and no protection.
  if (applicationErrors + rejected > 0 && applicationErrors + rejected >= timeouts) return { class: 'F4' }
  return { class: 'F2' }
}

function connectionFailures({ connectionFailures = {} }: WindowFigures): { total: number; kind?: ConnectionFailure } {
  let total = 0
  let most = 0
  let kind: ConnectionFailure | undefined
  for (const [name, count] of Object.entries(connectionFailures)) {
    total += count
    if (count <= most) continue
    most = count
    // Object.entries widens the keys of a record that has no others.
    kind = name as ConnectionFailure
  }
  return kind === undefined ? { total } : { total, kind }
}

const sustained = 3

/**
 * Class of a run: the worst that lasts three windows. A crash or a data fault needs no repetition; mostly void windows make the run void. A target
 * that was silent and `answersLater`, under another load, was no hang: it worked on what nobody waited for any more.
 */
export function classifyRun(
  windows: readonly WindowClass[],
  { answersLater = false }: { readonly answersLater?: boolean } = {},
): WindowClass {
  if (windows.length === 0) return { class: 'FX' }
  const blind = windows.filter((window) => window.class === 'FX').length
  let worst: WindowClass = { class: 'F0' }
  for (const [i, window] of windows.entries()) {
    const once = window.class === 'F7' || window.class === 'F8'
    const lasts =
      once || (i + sustained <= windows.length && windows.slice(i, i + sustained).every((next) => next.class === window.class))
    if (lasts && severity[window.class] > severity[worst.class]) worst = window
  }
  if (worst.class === 'F0' && blind * 2 > windows.length) return { class: 'FX' }
  return worst.class === 'F6' && answersLater ? { class: 'F3' } : worst
}

/** F5 to F10: classes that make a load a hard breaking point (D2). */
export function isHardFailure(failure: FailureClass): boolean {
  return failure === 'F5' || failure === 'F6' || failure === 'F7' || failure === 'F8' || failure === 'F9' || failure === 'F10'
}
