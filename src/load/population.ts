import type { Stage } from '../model/load-spec.ts'
import { levelAt, peakLevel } from './level.ts'

/** A user of a closed load begins or ends. Users are numbered from 0; the one with the highest number leaves first. */
export interface UserChange {
  readonly atMs: number
  readonly user: number
  readonly begins: boolean
}

/** Users wanted at a time: the level of the stages, rounded. */
export function usersAt(stages: readonly Stage[], tMs: number): number {
  return Math.round(levelAt(stages, tMs / 1000))
}

/** Most users that are alive at once. */
export function peakUsers(stages: readonly Stage[]): number {
  return Math.round(peakLevel(stages))
}

/** Which users begin and end when, in order of time. User g is wanted while the rounded level is above g; the end of the last stage ends nobody (the load's end does). */
export function* userChanges(stages: readonly Stage[]): Generator<UserChange> {
  let alive = 0
  let beginSec = 0
  for (const stage of stages) {
    if (!(stage.durationSec > 0)) continue
    for (const change of jump(alive, Math.round(stage.from), beginSec * 1000)) yield change
    alive = Math.round(stage.from)
    const goal = Math.round(stage.to)
    while (alive !== goal) {
      const begins = goal > alive
      const user = begins ? alive : alive - 1
      // The rounded level passes user g where the level itself passes g + ½.
      const share = (user + 0.5 - stage.from) / (stage.to - stage.from)
      yield { atMs: (beginSec + Math.min(1, Math.max(0, share)) * stage.durationSec) * 1000, user, begins }
      alive += begins ? 1 : -1
    }
    beginSec += stage.durationSec
  }
}

function* jump(from: number, to: number, atMs: number): Generator<UserChange> {
  for (let user = from; user < to; user++) yield { atMs, user, begins: true }
  for (let user = from - 1; user >= to; user--) yield { atMs, user, begins: false }
}

/** Iterations of a shared total that fall to one worker, in proportion to its users (user g belongs to worker `g % workers`). */
export function iterationsOfWorker(total: number, users: number, worker: number, workers: number): number {
  const usersBefore = (until: number): number => {
    const whole = Math.floor(users / workers) * until
    return whole + Math.min(until, users % workers)
  }
  const cut = (until: number): number => Math.floor((total * usersBefore(until)) / users)
  return users > 0 ? cut(worker + 1) - cut(worker) : 0
}
