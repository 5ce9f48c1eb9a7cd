import 'uplot/dist/uPlot.min.css'
import './style.css'
import type { PageData } from '../page-data.ts'
import { overviewSections } from './overview-sections.ts'
import { aboutRun, runHeader } from './run-header.ts'
import { testSwitcher } from './test-switcher.ts'
import { printEverything } from './theme.ts'
import { variantSections } from './variant-sections.ts'

/** Puts the page together from the data block. */
function mount(root: HTMLElement, data: PageData): void {
  const switcher = testSwitcher(data.tests)
  root.replaceChildren(
    runHeader(data),
    ...overviewSections(data.overview, (name) => switcher.open(name)),
    ...variantSections(data.variants),
    switcher.element,
    aboutRun(data),
  )
  switcher.show(
    Math.max(
      0,
      data.tests.findIndex((test) => test.verdict.verdict === data.verdict.verdict),
    ),
  )
  printEverything(() => switcher.buildAll())
}

const root = document.getElementById('page')
const block = document.getElementById('data')
if (root && block) mount(root, JSON.parse(block.textContent) as PageData) // written by our own renderer beside this script
