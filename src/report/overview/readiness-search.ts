import type { FailureName } from '../../model/capacity-result.ts'
import type { TestResult } from '../../model/run-result.ts'
import { degradationSentence, headroomSentence, hysteresisSentence, refusalSentence } from '../capacity-sentences.ts'
import { failureWords, loadText } from '../capacity-words.ts'
import { overloadKey } from '../not-tested.ts'
import type { SearchedTest } from '../searched-test.ts'
import { named } from '../test-names.ts'
import type { Readiness } from './readiness-answer.ts'
import { worst } from './readiness-answer.ts'

export function peak(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = headroomSentence(test.capacity)
      if (sentence === null) return null
      return {
        kind: (test.capacity.headroom?.share ?? 0) >= 0 ? ('pass' as const) : ('fail' as const),
        evidence: named(test, sentence, searched),
      }
    }),
    'peak',
  )
}

export function graceful(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = degradationSentence(test.capacity)
      if (sentence === null) return null
      const evidence = named(test, sentence, searched)
      const kind = test.capacity.overload?.kind
      if (kind === 'unknown') return { kind: 'not tested' as const, by: overloadKey(searched), evidence }
      return { kind: kind === 'graceful' ? ('pass' as const) : ('fail' as const), evidence }
    }),
    overloadKey(searched),
  )
}

export function refuses(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const refusals = test.capacity.overload?.refusals ?? null
      const sentence = refusalSentence(test.capacity)
      if (refusals === null || sentence === null) return null
      const evidence = named(test, sentence, searched)
      if (refusals.verdict === 'fast') return { kind: 'pass' as const, evidence }
      // Who refuses nothing, and lets nobody wait for nothing, has not been pushed far enough.
      const isPushed = refusals.verdict !== 'none' || refusals.timeouts + refusals.otherErrors > 0
      return isPushed ? { kind: 'fail' as const, evidence } : { kind: 'not tested' as const, by: overloadKey(searched), evidence }
    }),
    overloadKey(searched),
  )
}

const dead: readonly FailureName[] = ['crash', 'out-of-memory']

export function survives(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const { trials, unit } = test.capacity
      const beyond = trials.filter(({ verdict }) => verdict === 'fails').toSorted((a, b) => a.load - b.load)
      const died = beyond.find((one) => dead.includes(one.class) || one.end === 'target-died')
      const highest = beyond.at(-1)
      if (died !== undefined) {
        const how = dead.includes(died.class) ? failureWords[died.class].does : 'ends'
        return {
          kind: 'fail' as const,
          evidence: named(test, `It ${how} at ${loadText(died.load, unit)} (trial ${died.trial}).`, searched),
        }
      }
      if (highest === undefined) return null
      return {
        kind: 'pass' as const,
        evidence: named(
          test,
          `Trial ${highest.trial} at ${loadText(highest.load, unit)} ended without a crash (class ${failureWords[highest.class].name}).`,
          searched,
        ),
      }
    }),
    overloadKey(searched),
  )
}

export function comesBack(_: readonly TestResult[], searched: readonly SearchedTest[]): Readiness {
  return worst(
    searched.map((test) => {
      const sentence = hysteresisSentence(test.capacity)
      if (sentence === null) return null
      const evidence = named(test, sentence, searched)
      const kind = test.capacity.overload?.hysteresis?.kind
      if (kind === 'unknown') return { kind: 'not tested' as const, by: overloadKey(searched), evidence }
      return { kind: kind === 'recovers' ? ('pass' as const) : ('fail' as const), evidence }
    }),
    overloadKey(searched),
  )
}
