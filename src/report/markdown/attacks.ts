import type { TestResult } from '../../model/run-result.ts'
import { attackCells, attackHeadings, attackLine } from '../faults/attack-sentences.ts'
import { named } from '../test-names.ts'
import { bullets, md, table } from './md.ts'

/** What the target made of each attack, and what its users felt. */
export function attackSections(tests: readonly TestResult[]): readonly string[] {
  const attacks = tests.flatMap((test) => (test.attacks ?? []).map((attack) => ({ test, attack })))
  const rows = attacks.map(({ attack }) => attackCells(attack).map(md))
  const told = attacks.map(({ test, attack }) => {
    const { mark, text } = attackLine(attack)
    return named(test, `${mark} ${text}`, tests)
  })
  return [...table([...attackHeadings], rows, 2), ...bullets(told), '']
}
