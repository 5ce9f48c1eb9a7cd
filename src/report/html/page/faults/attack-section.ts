import type { PageAttack } from '../../faults/fault-data.ts'
import { attackHeadings } from '../../../faults/attack-sentences.ts'
import { h, prose } from '../dom.ts'
import { table } from '../pressure-sections.ts'

const verdicts = { PASS: ['✓', 'pass', 'borne'], FAIL: ['✗', 'fail', 'not borne'], UNKNOWN: ['?', 'unknown', 'unknown'] } as const

/** What came of each attack: its figures, and what was seen in words. */
export function attackParts(attacks: readonly PageAttack[]): readonly HTMLElement[] {
  const rows = attacks.map(({ verdict, cells: [name = '', ...cells] }) => {
    const [mark, tone, word] = verdicts[verdict]
    return h(
      'tr',
      { class: tone },
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
      h('td', {}, h('code', {}, name)),
      ...cells.map((cell) => h('td', { class: 'number' }, cell)),
    )
  })
  const told = attacks.map(({ cells: [name = ''], sentences }) =>
    h('li', {}, h('code', {}, name), ' ', ...prose(sentences.join(' '))),
  )
  const numbers = attackHeadings.slice(1).map((_, i) => i + 2)
  return [table(['', ...attackHeadings], rows, numbers), h('ul', { class: 'sentences' }, ...told)]
}
