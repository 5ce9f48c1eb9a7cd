import type { Latency, ObjectiveResult, TestResult, ValidityCheck } from '../model/run-result.ts'
import type { RunData, TestData } from '../analysis/index.ts'
import type { Steady } from './steady.ts'
import { generatorCpu, lateSends } from './validity-generator.ts'

export interface ValidityInput {
  readonly data: RunData
  readonly test: TestData
  readonly objectives: readonly ObjectiveResult[]
  readonly latencyMs: Latency
  readonly steady: Steady
}

export function judgeValidity(input: ValidityInput): TestResult['validity'] {
  const checks: ValidityCheck[] = [generatorCpu(input), lateSends(input)].filter((check) => check !== undefined)
  return { verdict: worst(checks), checks }
}

function worst(checks: readonly ValidityCheck[]): TestResult['validity']['verdict'] {
  if (checks.some((check) => check.verdict === 'void')) return 'void'
  return checks.some((check) => check.verdict === 'warn') ? 'warn' : 'ok'
}
