import type { ObjectiveResult } from '../model/run-result.ts'
import { inUnit, unknown } from './numbers.ts'

/** What an objective measured: a number in its unit, or a word. */
export function actualText({ word, actual, unit }: ObjectiveResult): string {
  return word ?? inUnit(actual, unit)
}

/** A word is asked for in the objective's own text. */
export function limitText({ word, limit, unit }: ObjectiveResult): string {
  return word === undefined ? inUnit(limit, unit) : unknown
}
