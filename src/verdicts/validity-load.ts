import type { ValidityCheck } from '../model/run-result.ts'
import type { GeneratorWindow } from '../model/sample.ts'
import { gapDispersion } from '../analysis/index.ts'
import { digits } from './format-value.ts'
import { graded } from './graded.ts'
import type { CheckInput } from './validity.ts'
import { floorMs } from './validity-generator.ts'
import { enoughSamples } from '../analysis/index.ts'

// Checks of the load: was what should be sent sent, and in time?

/** fortio warns above 5 %; the worker does not count a start that waited for a cap. */
export function lateSends({ windows, relief }: CheckInput): ValidityCheck {
  const sends = sumOf(windows, (window) => window.sends)
  return graded({
    id: 'late-sends',
    title: 'Share of starts that were more than 1 ms late',
    unit: 'ratio',
    value: sends === 0 ? null : sumOf(windows, (window) => window.lateSends) / sends,
    warn: 0.01,
    void: 0.05,
    advice: `The generator could not keep its own schedule. ${relief}`,
  })
}

/** sei-load #34 voids at 10 %. Where a cap held starts back, slip is the price of the cap (and the target's doing): shown, not judged. */
export function slip({ windows, test, latencyMs, relief }: CheckInput): ValidityCheck {
  const starts = test.total('scenario', { range: test.judged }).slip
  // The same percentile of slip and of the latency it is measured by, and none that the starts cannot carry: a p99 of 150 is its second largest.
  const q = enoughSamples(0.99, starts.count) || !enoughSamples(0.95, starts.count) ? 0.99 : 0.95
  const value = enoughSamples(q, starts.count) ? starts.quantile(q) : null
  const isCapped = windows.some((window) => window.usersCapSec > 0)
  const against = (q === 0.99 ? latencyMs.p99 : null) ?? latencyMs.p95 ?? 0
  return graded({
    id: 'slip',
    title: `Slip: actual minus intended start (${q === 0.99 ? '99th' : '95th'} percentile)`,
    unit: 'ms',
    value: value === null ? null : value / 1000,
    ...(isCapped ? {} : { warn: Math.max(floorMs, 0.05 * against), void: Math.max(floorMs, 0.1 * against) }),
    advice: `Iterations started late by much of what is measured. ${relief}`,
    note: isCapped ? 'Starts waited for a free user, so this is shown only; see the cap of users.' : '',
  })
}

/** Ours. What did not start although a user was free; what waited at the cap of users is not the generator's doing. */
export function achievedRate({ windows, test, isOpen, relief }: CheckInput): ValidityCheck | undefined {
  if (!isOpen) return undefined
  const planned = sumOf(windows, (window) => window.planned)
  const started = sumOf(windows, (window) => window.started)
  const atCap = sumOf(windows, (window) => window.dropped.usersCap + window.dropped.target)
  const isCapped = windows.some((window) => window.usersCapSec > 0)
  const [before, after] = queuedAround(test)
  // One arrival a worker may fall due in the very moment in which a window is cut.
  const missing = Math.max(
    0,
    before + planned - started - atCap - (isCapped ? after : 0) - new Set(windows.map((window) => window.worker)).size,
  )
  return graded({
    id: 'achieved-rate',
    title: 'Arrivals that the generator itself failed to start on time',
    unit: 'ratio',
    value: planned === 0 ? null : missing / planned,
    warn: 0.01,
    void: 0.05,
    advice: `${digits(missing)} of ${digits(planned)} arrivals did not start although users were free. ${relief}`,
  })
}

function queuedAround(test: CheckInput['test']): readonly [before: number, after: number] {
  const at = (sec: number) =>
    sumOf(
      test.generators({ from: sec, to: sec + 1 }).map(({ window }) => window),
      (window) => window.queued,
    )
  return [at(test.judged.from - 1), at(test.judged.to - 1)]
}

/** k6 counts `dropped_iterations`; the limits are those of measurement.md. Only what the generator dropped may void (rule a). */
export function droppedSends({ test, isOpen, relief }: CheckInput): ValidityCheck | undefined {
  if (!isOpen) return undefined
  const windows = test.generators({ from: test.judged.from, to: Infinity }).map(({ window }) => window)
  const planned = sumOf(windows, (window) => window.planned)
  const generator = sumOf(windows, (window) => window.dropped.generator)
  const usersCap = sumOf(windows, (window) => window.dropped.usersCap)
  const target = sumOf(windows, (window) => window.dropped.target)
  const [id, title] = ['dropped-sends', 'Arrivals that were given up']
  if (planned === 0) return graded({ id, title, unit: 'ratio', value: null, advice: '' })
  if (generator > 0) {
    const advice = `The generator gave up ${digits(generator)} arrivals that it had no time to start. ${relief}`
    return graded({
      id,
      title: `${title} by the generator`,
      unit: 'ratio',
      value: generator / planned,
      warn: 0,
      void: 0.001,
      advice,
    })
  }
  const advice =
    target >= usersCap
      ? `${digits(target)} arrivals found all users waiting for the target: it does not carry this rate. That is a result; to see the queue grow for longer, raise \`maxUsers\`.`
      : `${digits(usersCap)} arrivals found no free user: raise \`maxUsers\`, its cap is below what this rate needs even when the target is quick.`
  return graded({ id, title, unit: 'ratio', value: (usersCap + target) / planned, warn: 0, advice })
}

/**
 * At the cap an open load is a closed one (vegeta's and k6's behaviour). It voids only when the plan's own cap is to blame: the worker
 * found by Little's law that the cap could not carry the rate even while the target was quick, and arrivals were given up for it.
 * Waiting for a socket only warns: browsers do so as well, and with a slow target it is the target's doing.
 */
export function inFlightCap({ test, windows, isOpen, constant }: CheckInput): ValidityCheck {
  const seconds = sumOf(windows, (window) => window.lengthSec)
  const users = seconds === 0 ? 0 : sumOf(windows, (window) => window.usersCapSec) / seconds
  const sockets = seconds === 0 ? 0 : sumOf(windows, (window) => window.socketsCapSec) / seconds
  const all = test.generators({ from: test.judged.from, to: Infinity }).map(({ window }) => window)
  const planned = sumOf(all, (window) => window.planned)
  const byCap = sumOf(all, (window) => window.dropped.usersCap)
  const isPlansFault =
    isOpen && constant !== undefined && byCap > 0.001 * planned && byCap > sumOf(all, (window) => window.dropped.target)
  const ofUsers = users >= sockets
  return graded({
    id: 'in-flight-cap',
    title: ofUsers ? 'Time at the cap of users' : 'Time at the cap of sockets with somebody waiting',
    unit: 'ratio',
    value: Math.max(users, sockets),
    warn: 0,
    ...(ofUsers && isPlansFault ? { void: 0.01 } : {}),
    advice: ofUsers
      ? `Arrivals had to wait for a free user, so the load was no longer open: ${isPlansFault ? 'the cap is too low for this rate, raise `maxUsers`' : 'the target held users for longer than the cap allows for; raise `maxUsers` to keep the load open'}.`
      : 'Requests waited for a free socket: raise `http.maxConnections` (or `maxConnectionsPerUser`; of statements, `sql.maxConnections`) unless this limit is part of what you test.',
  })
}

/** Coefficient of variation of the gaps: Poisson 1 ± 3/√n (Brady & Gunther, arXiv:1607.05356), uniform at most 0.1 (ours). */
export function arrivalProcess({ test, constant }: CheckInput): ValidityCheck | undefined {
  const [only, ...more] = test.spec.loads
  if (only?.load.model !== 'open' || more.length > 0 || constant === undefined) return undefined
  const { count, sum, sumSquares } = gapsOf(test.generators(constant).map(({ window }) => window))
  const dispersion = gapDispersion({ count, sum, sumSquares })
  if (dispersion === null || count < 30) return undefined
  const isPoisson = only.load.process === 'poisson'
  return graded({
    id: 'arrival-process',
    title: `Dispersion of the gaps between arrivals, away from ${isPoisson ? 'Poisson (1)' : 'uniform (0)'}`,
    unit: 'count',
    value: isPoisson ? Math.abs(dispersion.cov - 1) : dispersion.cov,
    warn: isPoisson ? dispersion.warnWithin : 0.1,
    ...(isPoisson ? { void: dispersion.voidWithin } : {}),
    advice: `The ${count} arrivals do not follow the process that the plan asks for (coefficient of variation ${digits(dispersion.cov)}). One run in some hundred does so by chance; if it comes back, report it as a defect of proofload.`,
  })
}

function gapsOf(windows: readonly GeneratorWindow[]): GeneratorWindow['gaps'] {
  return {
    count: sumOf(windows, (window) => window.gaps.count),
    sum: sumOf(windows, (window) => window.gaps.sum),
    sumSquares: sumOf(windows, (window) => window.gaps.sumSquares),
  }
}

export function clock({ test }: CheckInput): ValidityCheck {
  return graded({
    id: 'clock',
    title: 'Backward steps of the clock',
    unit: 'count',
    value: sumOf(
      test.generators().map(({ window }) => window),
      (window) => window.clockBackwards,
    ),
    void: 0,
    advice:
      'The monotonic clock of this machine stepped back, so no time can be trusted. Virtual machines do so after a migration: run it again.',
  })
}

export function sumOf(windows: readonly GeneratorWindow[], read: (window: GeneratorWindow) => number): number {
  let sum = 0
  for (const window of windows) sum += read(window)
  return sum
}
