import { expect, it } from 'vitest'
import { attackSpec, form } from '../../../../test/kit/attacked/attack-on.ts'
import { guesses } from '../../../../test/kit/attacked/simulated-attack.ts'
import { outageRecord } from '../../../../test/kit/outage-record.ts'
import { fifoDrain } from '../../../../test/kit/simulated-outages.ts'
import { judgeRun } from '../../../verdicts/index.ts'
import { pageFaults } from './fault-view.ts'

it('tells of the recovery from an attack, and of the one from a fault, in words of their own', () => {
  const load = { ...{ seed: 4, process: 'uniform' as const, stages: [{ perSec: 60, sec: 45 }] }, atSec: 12, forSec: 10 }
  const guess = { kind: 'bruteForce', path: '/login', users: ['ada'], passwords: ['a'], form } as const
  const spec = attackSpec(guess, { atSec: 12, forSec: 10 })
  const page = (attacked: boolean) => {
    const attacks = attacked ? { faults: [], attacks: [{ spec, windows: guesses(spec, 5) }] } : {}
    const data = outageRecord(load, fifoDrain(100)(load), attacks)
    const [test] = data.tests
    const [result] = judgeRun(data).tests
    if (test === undefined || result === undefined) throw new Error('no test')
    const { recoveries, protections } = pageFaults(test, result)
    return { words: recoveries.map(({ word }) => word), text: JSON.stringify([recoveries, protections]) }
  }
  const attacked = page(true)
  expect(attacked.words).toEqual(['attack'])
  expect(attacked.text).toContain('after the attack had ended')
  expect(attacked.text.replaceAll('"fault":{', '')).not.toMatch(/\bfaults?\b/i)
  const broken = page(false)
  expect(broken.words).toEqual(['fault'])
  expect(broken.text).toContain('after the fault had ended')
})
