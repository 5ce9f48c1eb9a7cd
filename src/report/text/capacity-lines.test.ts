import { expect, test } from 'vitest'
import { capacityRun } from '../../../test/kit/capacity-run.ts'
import type { CapacityRunOptions } from '../../../test/kit/capacity-run.ts'
import { syntheticCapacity } from '../../../test/kit/synthetic-capacity.ts'
import type { CapacityResult } from '../../model/capacity-result.ts'
import { answerSentences, limitSentences } from '../capacity-sentences.ts'
import { renderText } from './render-text.ts'
import { textWidth } from './table.ts'

function text(options: CapacityRunOptions, width = 100): string {
  const { data, result } = capacityRun(options)
  return renderText(result, data.header, { width })
}

/** The text without its line breaks, so that a sentence is found wherever it is wrapped. */
function flat(options: CapacityRunOptions): string {
  return text(options).replace(/\s+/g, ' ')
}

test('an interval is told with its width, its goodput, what failed first, what limits and what happens beyond', () => {
  const shown = flat({ overload: true, beyond: 'shed' })
  for (const sentence of [
    'Bears 300/s, breaks at 313/s, an interval 4.15 % wide where 5 % was asked for.',
    'At 300/s its goodput is 295/s: that is the capacity.',
    '“errors < 1%” is the first to fail, at 313/s.',
    'Limited by busiest thread (cpu-core)',
    'leaves 30 % headroom (1 − 210/s / 300/s).',
    'that a staircase of the same resolution takes.',
    'Graceful:',
    'Back at 225/s it recovers 3 s after the overload (bound 12 s).',
  ])
    expect(shown).toContain(sentence)
})

test('a target that sheds with nothing full has a limit of its own; how sure the answer is stands with it', () => {
  const capacity = syntheticCapacity({ beyond: 'shed' })
  const said = (more: Partial<CapacityResult>) =>
    [...answerSentences({ ...capacity, ...more }), ...limitSentences({ ...capacity, ...more })].join(' ')
  expect(said({ limitedBy: null })).toContain(
    'None of the 5 resources that were watched was full at 313/s: the target refuses by a limit of its own.',
  )
  expect(said({ limitedBy: null, failureClass: 'saturation' })).toContain('What limits it at 313/s is not known')
  expect(said({ confidence: { lower: 0.98765, upper: 0.99995 } })).toContain(
    'Confidence: 98.7 % that 300/s is borne, over 99.9 % that 313/s is not, requests taken as independent.',
  )
  expect(said({ confidence: { lower: null, upper: null } })).not.toContain('Confidence')
})

test('what was held beyond the answer is no cost of the search', () => {
  const cost = (options: CapacityRunOptions) => /Cost of the search: \d+ trials/.exec(flat(options))?.[0]
  expect(cost({ overload: true })).toBeDefined()
  expect(cost({ overload: true })).toBe(cost({}))
})

test('a target that was not broken bears "at least", and nothing is said to limit it', () => {
  const shown = flat({ kind: 'at-least' })
  expect(shown).toContain('Bears at least 279/s: the search ended there, unbroken.')
  expect(shown).toContain('raise `to` beyond 279/s')
  expect(shown).toMatch(/leaves at least [\d.]+ % headroom/)
  expect(shown).not.toMatch(/Limited by|first to fail|breaks at|that is the capacity|concurrency limit/)
  expect(flat({})).toContain('concurrency limit')
})

test('a target that fails at once, a generator at its end and an unfinished search say so, and what to do', () => {
  expect(flat({ kind: 'fails-at-from' })).toContain('Does not bear 373/s, the smallest load of the search.')
  expect(flat({ kind: 'fails-at-from' })).toMatch(
    /of a search that found no capacity, those of its last trial.* There the target /,
  )
  expect(flat({ kind: 'fails-at-from' })).toContain('lower `from` below 373/s')
  expect(flat({ kind: 'generator-limited' })).toContain('Bears at least 200/s: beyond it the generator was the limit.')
  expect(flat({ kind: 'generator-limited' })).toMatch(/supports? no bound: not valid \(generator-cpu, late-sends\)/)
  expect(flat({ kind: 'unfinished' })).toContain('as far as the unfinished search knows')
  expect(flat({ kind: 'unfinished' })).toContain('proofload run --resume RUN')
})

test('users are users, and collapse, crash and not coming back have their words', () => {
  expect(flat({ unit: 'users' })).toContain('Bears 318 users, breaks at 332 users')
  const collapsed = flat({ beyond: 'congestion-collapse', overload: true })
  expect(collapsed).toContain('Collapse: 4 % of the capacity is kept at 3 times the load')
  expect(collapsed).toContain('it does not recover within the 30 s that were watched')
  expect(collapsed).toContain('Bound the queue and refuse early')
  const crashed = flat({ beyond: 'crash', overload: true })
  expect(crashed).toContain('Hard breaking point 313/s')
  expect(crashed).toContain('At 2 times the capacity it runs out of memory: limit what it accepts before that.')
})

test('a quick search and a smaller load that failed below a larger one are warned of', () => {
  const { data, result } = capacityRun({})
  const [first] = result.tests
  const changed = (more: Partial<CapacityResult>) => {
    const tests = first?.capacity === undefined ? [] : [{ ...first, capacity: { ...first.capacity, ...more } }]
    return renderText({ ...result, tests }, data.header).replace(/\s+/g, ' ')
  }
  expect(changed({ quick: true })).toContain('Quick search: no trial longer than 2 min and an interval 4.15 % wide')
  expect(changed({ quick: false })).not.toContain('Quick search')
  expect(changed({ irregular: ['inversion'], upper: 250 })).toContain('Irregular: 300/s was borne although 250/s was not')
  expect(changed({ irregular: ['strange'] })).toContain('Irregular: strange.')
})

test('the capacity keeps within the width, and a few trials are as good as many', () => {
  for (const options of [{ overload: true }, { unit: 'users' as const }, { trials: 'one' as const }, { p99: false }])
    expect(
      text(options, 80)
        .split('\n')
        .filter((line) => textWidth(line) > 80),
    ).toEqual([])
})

test('limits, faults, resources and leaks stand with their figures', () => {
  const { data, result } = capacityRun({
    more: {
      probes: { 'target.memory': { unit: 'bytes', min: 1, mean: 1, max: 1, p95: 1 } },
      limits: [
        { name: 'files', asked: 64, set: true, how: 'by ulimit' },
        { name: 'memory', asked: 5e8, set: false, how: 'no cgroup is writable' },
        { name: 'cpus', asked: 0.25, set: true, how: 'by a quota' },
      ],
      faults: [
        {
          id: 'cpu',
          kind: 'cpu-pressure',
          at: 20,
          clearedAt: 30,
          verified: true,
          evidence: '2 cores at 80 %',
          crossed: null,
          reverted: true,
        },
      ],
      leaks: [
        {
          resource: 'app.nodejs_external_memory_bytes',
          unit: 'bytes',
          verdict: 'leak',
          reason: 'It grows in both halves',
          perRequest: 1024,
          interval: [980, 1070],
          secondsToLimit: 12_345,
          limit: 1e9,
          line: null,
        },
        ...['target.files', 'target.threads'].map((resource) => ({
          resource,
          unit: 'count' as const,
          verdict: 'unknown' as const,
          reason: 'The test is too short',
          perRequest: null,
          interval: null,
          secondsToLimit: null,
          limit: null,
          line: null,
        })),
      ],
      resources: [
        {
          resource: 'files',
          verdict: 'FAIL',
          reason: 'It held 64 of 64',
          reached: true,
          errorClass: 'reset',
          collateral: ['GET /health'],
          survived: true,
          recoveredSec: 4,
          givenBack: false,
        },
      ],
    },
  })
  const shown = renderText(result, data.header).replace(/\s+/g, ' ')
  expect(shown).toContain('✓ files 64: set, by ulimit')
  expect(shown).toContain('? memory 500 MB: not set, no cgroup is writable')
  expect(shown).toContain('✓ cpus 0.25: set, by a quota')
  expect(shown).toContain('✓ cpu (cpu-pressure): from 20 s until 30 s, verified. 2 cores at 80 %')
  expect(shown).toContain(
    '✗ files: does not bear it. It held 64 of 64. (errors: reset; failed with it: GET /health; recovered after 4 s; not everything given back)',
  )
  expect(shown).toContain('? target.files, target.threads: not known. The test is too short.')
  expect(shown).toContain('✗ app.nodejs_external_memory_bytes: leak, 1.02 kB a request, 99 % interval 980 B to 1.07 kB.')
  expect(shown).toContain('The limit of 1.00 GB is reached after 3 h 26 min of this load.')
})

test('where nothing is known of any leak, the resources are counted and not named', () => {
  const unknown = {
    unit: 'count' as const,
    verdict: 'unknown' as const,
    reason: '8 windows after the warm-up; 10 are needed',
    perRequest: null,
    interval: null,
    secondsToLimit: null,
    limit: null,
    line: null,
  }
  const leaks = ['target.memory', 'target.files', 'target.threads'].map((resource) => ({ ...unknown, resource }))
  const { data, result } = capacityRun({ more: { leaks } })
  const shown = renderText(result, data.header).replace(/\s+/g, ' ')
  expect(shown).toContain('? not known for any of 3 resources. 8 windows after the warm-up; 10 are needed.')
  expect(shown).not.toContain('target.files')
})
