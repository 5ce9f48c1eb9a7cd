import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capacityRun } from '../../../test/kit/capacity-run.ts'
import type { CapacityRunOptions } from '../../../test/kit/capacity-run.ts'
import { syntheticCapacity } from '../../../test/kit/synthetic-capacity.ts'
import { syntheticAudit, syntheticBreaker, syntheticFault, syntheticPool } from '../../../test/kit/synthetic-faults.ts'
import type { RunResult, TestResult } from '../../model/run-result.ts'
import { breakerFigures, capacityPlan, recoverySec } from '../capacity-plan.ts'
import { bytes, clock, count, digits, duration, ms, percent, perSec } from '../numbers.ts'
import { renderMarkdown } from './render-markdown.ts'

function document(options: CapacityRunOptions): string {
  const { data, result } = capacityRun(options)
  return renderMarkdown(result, data.header)
}

function section(text: string, title: string): string {
  return text.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
}

test('has its sections in order, each with evidence, for a search with overload and a peak', () => {
  const text = document({ overload: true, beyond: 'shed' })
  expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
    'Executive summary',
    'Criteria',
    'Limits found',
    'Failure modes',
    'Recovery',
    'Recovery procedures',
    'Degradation',
    'Capacity recommendation',
    'Bottlenecks',
    'Optimisation opportunities',
    'Tuning for production',
    'Production readiness',
    'How it was measured',
  ])
  expect(section(text, 'Capacity recommendation')).toContain('⌈210/s / 300/s⌉')
  expect(section(text, 'Failure modes')).toContain('sheds what it cannot carry')
  expect(section(text, 'Production readiness')).toMatch(/\| It comes back by itself after overload \| ✅ pass \| Back at 225\/s/)
})

test('a healthy search and a collapsing one differ in the checklist, with the figures of each', () => {
  const good = section(document({ overload: true, beyond: 'shed' }), 'Production readiness')
  const bad = section(document({ overload: true, beyond: 'congestion-collapse' }), 'Production readiness')
  const dead = section(document({ overload: true, beyond: 'crash' }), 'Production readiness')
  for (const check of [
    'Overload degrades it gracefully',
    'It refuses fast what it cannot carry',
    'It comes back by itself after overload',
  ]) {
    expect(good).toContain(`| ${check} | ✅ pass |`)
    expect(bad).toContain(`| ${check} | ❌ fail |`)
  }
  expect(good).toContain('| It lives through overload | ✅ pass |')
  expect(dead).toContain('| It lives through overload | ❌ fail | It runs out of memory at 600/s')
})

test('what fails without a search is told by its checks and errors, and only tests that passed are evidence', () => {
  const { data, result } = capacityRun({ name: 'flow' })
  const [one] = result.tests
  if (one === undefined) throw new Error('a run has a test')
  const { capacity, ...steady } = one
  expect(capacity).toBeDefined()
  const checks = [{ name: 'written', passed: 70, failed: 30 }]
  const tests: TestResult[] = [
    { ...steady, checks },
    { ...steady, name: 'doubtful', verdict: 'invalid' },
  ]
  const text = renderMarkdown({ ...result, tests }, data.header)
  expect(section(text, 'Failure modes')).toContain('“flow”: check “written” failed 30 of 100 times.')
  const held = /\| Objectives hold under the planned load \| ✅ pass \| (.*) \|/.exec(text)?.[1]
  expect(held).toContain('“flow”')
  expect(held).not.toContain('“doubtful”')
})

test('users are planned by what each of them asks', () => {
  const text = section(document({ unit: 'users' }), 'Capacity recommendation')
  expect(text).toContain('One instance bears 318 users: each of them gets a good answer every 1.05 s (318 / 302/s')
  expect(text).toContain('⌈223 users / 318 users⌉')
})

test('what nobody tested is one line with the key that would test it', () => {
  const { data, result } = capacityRun()
  const tests = result.tests.map((one): TestResult => {
    const { capacity, ...rest } = one
    expect(capacity).toBeDefined()
    return { ...rest, findings: [] }
  })
  const text = renderMarkdown({ ...result, tests }, data.header)
  for (const title of ['Limits found', 'Failure modes', 'Capacity recommendation', 'Recovery', 'Degradation'])
    expect(
      section(text, title)
        .split('\n')
        .filter((line) => line !== '')
        .slice(1),
    ).toEqual([expect.stringMatching(/^Not tested: `.*`.* would\.$/)])
  expect(section(text, 'Production readiness')).toContain('| Overload degrades it gracefully | ❔ not tested | `overload:')
  expect(section(text, 'Production readiness')).toContain('| The expected peak is borne | ❔ not tested |')
})

/** What a document says: cells and sentences, without headings, heads of tables, titles of checks and what was not tested. */
function saidIn(text: string): string[] {
  const lines = text.split('\n')
  const said = lines.flatMap((line, i) => {
    if (line.startsWith('#') || /^\| ?-/.test(line) || /^\| ?-/.test(lines[i + 1] ?? '') || line.startsWith('```')) return []
    if (line.startsWith('|')) return line.slice(2, -2).split(' | ').slice(1)
    return [line.replace(/^ *(-|1\.) /, '')]
  })
  const sentences = said.flatMap((one) => one.split(/(?<=[.!?]\)?) /)).map((one) => one.trim())
  // A sentence has words; a lone figure may well be the same in two systems.
  return sentences.filter((one) => one.split(' ').length > 4 && !/not tested/i.test(one) && !/would( test it)?\.?$/.test(one))
}

test('two systems share no sentence', () => {
  const one = capacityRun({ name: 'orders', overload: true, beyond: 'shed' })
  const two = capacityRun({
    name: 'search',
    overload: true,
    beyond: 'congestion-collapse',
    rate: 1270,
    limitMs: 250,
    unit: 'users',
    from: 7,
    trialSec: 24,
  })
  const capacity = two.result.tests[0]?.capacity
  if (capacity === undefined) throw new Error('a run with a search')
  const other = {
    ...two.result,
    machine: { ...two.result.machine, hostname: 'bench-2', cpu: 'EPYC', cores: 16, node: '20.20.2' },
    startedAt: '2026-10-02T08:30:00.000Z',
    seed: 99,
    tests: two.result.tests.map((test): TestResult => ({
      ...test,
      totals: { ...test.totals, requests: 9120, failed: 71 },
      validity: {
        verdict: 'ok',
        checks: test.validity.checks.slice(0, 3).map((check) => ({ ...check, verdict: 'ok' as const })),
      },
      capacity: {
        ...capacity,
        trials: capacity.trials.map((one) => ({
          ...one,
          settle: one.settle && { ...one.settle, sec: 1.7 * one.settle.sec },
        })),
        limitedBy: 'pool',
        saturation: capacity.saturation.slice(0, 1).map((use) => ({
          ...use,
          resource: 'pool',
          title: 'connection pool',
          evidence: '12 waited',
          advice: 'Give the pool more connections.',
        })),
      },
    })),
  }
  const header = {
    ...two.data.header,
    command: 'proofload run search.plan.ts',
    plan: { ...two.data.header.plan, fingerprint: 'abcdef' },
  }
  const first = new Set(saidIn(renderMarkdown(one.result, one.data.header)))
  const second = saidIn(renderMarkdown(other, header))
  expect(first.size).toBeGreaterThan(30)
  expect(second.filter((sentence) => first.has(sentence))).toEqual([])
})

/** Every number in a text, as it is written. */
function numbersIn(text: string): string[] {
  return [...text.replace(/\bp\d+(\.\d+)?\b|α|β|R²|\bT\b/g, '').matchAll(/\d[\d,]*(?:\.\d+)?(?:e-?\d+)?/g)].map(([n]) =>
    n.replace(/,$/, ''),
  )
}

/** All ways in which this program writes a value. */
function written(value: number): string[] {
  const forms = [digits, count, percent, ms, bytes, duration, perSec, clock, String, (v: number) => v.toExponential(1)]
  return forms.flatMap((form) => [form(value), form(-value), form(1 - value)]).flatMap(numbersIn)
}

function leaves(value: unknown): (number | string)[] {
  if (typeof value === 'number' || typeof value === 'string') return [value]
  if (Array.isArray(value)) return [value.length, ...value.flatMap(leaves)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : []
}

/** What the result holds, and what follows from it by the arithmetic that the document shows. */
function allowed(result: RunResult): Set<string> {
  const derived = result.tests.flatMap((test) => {
    const { capacity } = test
    if (capacity === undefined) return []
    const plan = capacityPlan(test)
    const p95s = capacity.curve.flatMap(({ p95 }) => p95 ?? [])
    return [
      ...leaves(plan),
      ...leaves(breakerFigures(capacity)),
      ...leaves(recoverySec(capacity)),
      ...(plan?.scaleAt ? [plan.scaleAt / plan.lower] : []),
      ...(capacity.staircaseSec ? [capacity.costSec / capacity.staircaseSec] : []),
      ...p95s.flatMap((a) => p95s.map((b) => a / b)),
      ...capacity.trials.map(({ fromSec, toSec }) => toSec - fromSec),
      ...['fails', 'bears', 'void'].map((verdict) => capacity.trials.filter((one) => one.verdict === verdict).length),
      capacity.trials.filter(({ verdict, settle }) => verdict === 'fails' && settle?.settled === true).length,
    ]
  })
  const objectives = result.tests.flatMap(({ objectives: list }) => list.map(({ actual, limit }) => ((actual ?? 0) + limit) / 2))
  const run = [
    Math.max(...result.tests.map(({ startSec, durationSec }) => startSec + durationSec)),
    result.tests.filter(({ verdict }) => verdict === 'passed').length,
    result.tests.filter(({ verdict }) => verdict === 'passed').length / result.tests.length,
  ]
  const all = [...leaves(result), ...derived, ...objectives, ...run]
  // "95 % interval" and "score of 1" are words of the method, not figures of the system; 50 and the like are numbers of the checks.
  return new Set(['1', '95', '99', ...all.flatMap((one) => (typeof one === 'number' ? written(one) : numbersIn(one)))])
}

const base = capacityRun({ overload: true })

function strangers(text: string, result: RunResult): string[] {
  const known = allowed(result)
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '')
  return numbersIn(prose).filter((number) => !known.has(number))
}

test('every number in the document is a number of the result, or follows from two of them', () => {
  const system = fc.record({
    rate: fc.integer({ min: 80, max: 4000 }),
    limitMs: fc.integer({ min: 60, max: 900 }),
    kind: fc.constantFrom('interval', 'at-least', 'fails-at-from', 'generator-limited', 'unfinished'),
    unit: fc.constantFrom('perSec', 'users'),
    beyond: fc.constantFrom('shed', 'saturation', 'congestion-collapse', 'crash'),
    overload: fc.boolean(),
  } as const)
  fc.assert(
    fc.property(system, (options) => {
      const capacity = syntheticCapacity(options)
      const result = { ...base.result, tests: base.result.tests.map((one) => ({ ...one, capacity })) }
      const text = renderMarkdown(result, base.data.header)
      expect(strangers(text, result)).toEqual([])
    }),
    { numRuns: 60, seed: 20261121 },
  )
})

test('a number that is not of the result would be noticed', () => {
  const text = renderMarkdown(base.result, base.data.header)
  expect(strangers(`${text}\nAdd an instance at 0.7391 of the CPU, or 4,711 users.`, base.result)).toEqual(['0.7391', '4,711'])
})

test('what was broken on purpose is in failure modes, recovery, procedures and the checklist', () => {
  const { data, result } = capacityRun({})
  const [first, ...others] = result.tests
  if (first === undefined) throw new Error('the record has tests')
  const broken = {
    ...first,
    faults: [syntheticFault('refused', 60)],
    breakers: [syntheticBreaker('a probe hangs')],
    pools: [syntheticPool('504 requests had no answer')],
    audit: syntheticAudit('order-1'),
  }
  const text = renderMarkdown({ ...result, tests: [broken, ...others] }, data.header)
  expect(section(text, 'Failure modes')).toMatch(/circuit breaker of payments: STUCK\\_HALF\\_OPEN.*3 acknowledged and lost/s)
  expect(section(text, 'Failure modes')).toContain('connection pool to db: HANGS. 504 requests had no answer.')
  expect(section(text, 'Production readiness')).toMatch(/connection pools.*❌ fail/)
  expect(text).toMatch(/onnection pool to db: at least 5 connections an instance, and no more than 19 instances with as many/)
  expect(text).toContain('42.0/s × 21.0 ms held each = 0.88 in use on average; with 5 0.24 % of the requests wait for one')
  expect(section(text, 'Recovery')).toContain('recovered 4 s after it ended')
  expect(section(text, 'Recovery procedures')).toMatch(/down\(db\) \| bad requests after 1 s; .* \| Mend the cause and wait/)
  expect(section(text, 'Production readiness')).toMatch(
    /after faults \| ✅ pass.*circuit breakers.*❌ fail.*No data is lost.*❌ fail/s,
  )
})
