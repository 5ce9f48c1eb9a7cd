import type { PageTest } from '../page-data.ts'
import { h } from './dom.ts'
import { testPanel } from './test-panel.ts'

export interface TestSwitcher {
  readonly element: HTMLElement
  show(index: number): void
  /** Shows a test and leads the eye to it. */
  open(name: string): void
  buildAll(): void
}

/** Tabs when there are several tests (arrow keys, Home and End as in the ARIA pattern). A panel is built when it is first shown: charts need their width. */
export function testSwitcher(tests: readonly PageTest[]): TestSwitcher {
  const built = new Set<number>()
  const panels = tests.map((test, i) =>
    h('div', {
      id: `test-${i}`,
      class: 'panel',
      role: tests.length > 1 ? 'tabpanel' : undefined,
      'aria-labelledby': tests.length > 1 ? `tab-${i}` : undefined,
      hidden: true,
      'data-test': test.name,
    }),
  )
  const tabs = tests.map(({ name, verdict }, i) =>
    h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${i}`, 'aria-controls': `test-${i}`, 'aria-selected': 'false', tabindex: -1 },
      h('span', { class: `mark ${verdict.verdict}`, 'aria-hidden': 'true' }, verdict.mark),
      h('span', {}, name),
      h('span', { class: 'quiet' }, verdict.word.toLowerCase()),
    ),
  )
  const build = (i: number) => {
    const test = tests[i]
    const panel = panels[i]
    if (!test || !panel || built.has(i)) return
    built.add(i)
    testPanel(panel, test)
  }
  const show = (index: number) => {
    for (const [i, panel] of panels.entries()) panel.hidden = i !== index
    for (const [i, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(i === index))
      tab.tabIndex = i === index ? 0 : -1
    }
    build(index)
  }
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Tests' }, ...tabs)
  for (const [i, tab] of tabs.entries()) tab.addEventListener('click', () => show(i))
  list.addEventListener('keydown', (event) => {
    const at = tabs.findIndex((tab) => tab === document.activeElement)
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: tabs.length - 1 }[
      event.key
    ]
    if (to === undefined || at < 0) return
    event.preventDefault()
    const next = (to + tabs.length) % tabs.length
    show(next)
    tabs[next]?.focus()
  })
  return {
    element: h('div', { class: 'tests' }, tests.length > 1 && list, ...panels),
    show,
    open: (name) => {
      const at = tests.findIndex((test) => test.name === name)
      if (at < 0) return
      show(at)
      tabs[at]?.focus({ preventScroll: true })
      list.scrollIntoView({ block: 'start' })
    },
    buildAll: () => {
      // On paper all panels are shown; charts measure themselves while visible.
      const hidden = panels.filter((panel) => panel.hidden)
      for (const panel of hidden) panel.hidden = false
      for (const i of tests.keys()) build(i)
      for (const panel of hidden) {
        panel.hidden = true
        panel.classList.add('printed')
      }
    },
  }
}
