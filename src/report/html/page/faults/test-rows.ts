import { h } from '../dom.ts'

const marks = { pass: ['✓', 'pass'], fail: ['✗', 'fail'], unknown: ['?', 'unknown'], skipped: ['·', 'skipped'] } as const

interface TestRow {
  readonly id: string
  readonly title: string
  readonly verdict: keyof typeof marks
  readonly evidence: string
}

/** What a test that was driven beside the load has asked, and what it saw. */
export function testRows(tests: readonly TestRow[]): HTMLElement[] {
  return tests.map(({ id, title, verdict, evidence }) => {
    const [mark, word] = marks[verdict]
    return h(
      'tr',
      { class: verdict === 'skipped' ? 'unknown' : verdict },
      h('td', { class: 'state' }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark), ` ${word}`),
      h('td', {}, h('code', {}, id)),
      h('td', {}, title),
      h('td', { class: 'quiet' }, evidence),
    )
  })
}
