import { expect, test } from 'vitest'
import type { FaultSpec } from '../model/fault-spec.ts'
import type { RunEvent } from '../model/run-event.ts'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import { judgeRun } from './index.ts'

const down: FaultSpec = { id: 'down(db)', atSec: 10, forSec: 5, fault: { kind: 'down', on: 'db' } }
const began: RunEvent = {
  t: 12,
  kind: 'fault-started',
  test: 'the test',
  id: 'down(db)',
  fault: 'down',
  verified: true,
  evidence: 'ECONNREFUSED',
}
const over: Extract<RunEvent, { kind: 'fault-ended' }> = {
  t: 17,
  kind: 'fault-ended',
  test: 'the test',
  id: 'down(db)',
  held: true,
  reverted: true,
  evidence: 'a connection goes through',
}

function judged(events: readonly RunEvent[], { connections = 1 } = {}) {
  const record = healthyRecord({ spec: { faults: [down], links: ['db'] }, events })
  const none = { calls: 0, answered: 0, failed: 0, broken: 0, open: 0, bytesUp: 0, bytesDown: 0 }
  if (connections > 0) record.addWindow({ t: 5, kind: 'link', link: 'db', connections, ...none })
  const [result] = judgeRun(record).tests
  if (result === undefined) throw new Error('no test')
  const check = (id: string) => result.validity.checks.find((each) => each.id === id)
  return { verdict: result.verdict, crossed: check('faults-crossed'), undone: check('faults-undone') }
}

test('a fault that somebody met and that is gone says nothing against its test', () => {
  const { verdict, crossed, undone } = judged([began, { ...over, crossed: 12 }])
  expect([verdict, crossed?.verdict, undone?.verdict]).toEqual(['passed', 'ok', 'ok'])
})

test('a fault that nobody met makes its test invalid, and says where to look', () => {
  const { verdict, crossed } = judged([began, { ...over, crossed: 0 }])
  expect([verdict, crossed?.verdict, crossed?.value, crossed?.limit]).toEqual(['invalid', 'void', 0, 1])
  expect(crossed?.advice).toContain('No request or connection met the fault "down(db)"')
})

test('of a fault whose meetings nobody can count it is asked whether its link is used at all', () => {
  const used = judged([began, over])
  expect([used.verdict, used.crossed?.verdict]).toEqual(['passed', 'ok'])
  const unused = judged([began, over], { connections: 0 })
  expect([unused.verdict, unused.crossed?.verdict]).toEqual(['invalid', 'void'])
})

test('a fault that is still there makes its test invalid, with what was seen', () => {
  const { verdict, undone } = judged([began, { ...over, crossed: 12, reverted: false, evidence: 'the proxy still has it' }])
  expect([verdict, undone?.verdict]).toEqual(['invalid', 'void'])
  expect(undone?.advice).toContain('the proxy still has it')
})
