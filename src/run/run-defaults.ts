import { availableParallelism } from 'node:os'

/** One core is left for the main thread and, on a small machine, for the target. */
export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1)
}

export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 31)
}
