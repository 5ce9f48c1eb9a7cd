import type { PageData } from '../page-data.ts'
import { h, prose, section } from './dom.ts'
import { themeButton } from './theme.ts'

/** The answer: what was tested, the verdict in a word, and why. */
export function runHeader({ title, verdict, startedAt, errors, tests }: PageData): HTMLElement {
  const when = new Date(startedAt)
  const time = h(
    'time',
    { datetime: startedAt },
    Number.isNaN(when.getTime()) ? startedAt : when.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
  )
  const several = tests.length > 1
  return h(
    'header',
    { class: 'run' },
    h('div', { class: 'bar' }, h('span', { class: 'brand' }, 'proofload'), time, themeButton()),
    h(
      'h1',
      { class: `verdict ${verdict.verdict}` },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, verdict.mark),
      h('span', { class: 'word' }, verdict.word),
      h('span', { class: 'name' }, title),
    ),
    (several || tests.length === 0) && h('p', { class: 'why' }, ...prose(verdict.why)),
    h('p', { class: 'meaning' }, `${verdict.word}: ${verdict.meaning}.`),
    errors.length > 0 &&
      h('ul', { class: 'run-errors' }, ...errors.map(({ code, text }) => h('li', {}, h('code', {}, code), ' ', text))),
  )
}

/** Everything needed to doubt the numbers or to get them again. */
export function aboutRun({ facts, command, notices }: PageData): HTMLElement {
  const list = h('dl', { class: 'facts' })
  for (const { label, value } of facts) list.append(h('dt', {}, label), h('dd', {}, value))
  const text = h('code', {}, command)
  const copied = h('span', { class: 'quiet', role: 'status' })
  const copy = h('button', { type: 'button' }, 'Copy')
  copy.addEventListener('click', () => {
    // A page opened from disk may have no clipboard, whatever the declarations say.
    const clipboard = navigator.clipboard as Clipboard | undefined
    const mark = () => {
      window.getSelection()?.selectAllChildren(text)
      copied.textContent = 'Marked: copy it with the keyboard'
    }
    if (clipboard === undefined) mark()
    else clipboard.writeText(command).then(() => (copied.textContent = 'Copied'), mark)
  })
  return h(
    'footer',
    {},
    section('Run it again', h('div', { class: 'command' }, text, copy, copied)),
    section('About this run', list),
    notices.length > 0 && section('Not watched', h('ul', { class: 'quiet' }, ...notices.map((notice) => h('li', {}, notice)))),
    section(
      'How to read the numbers',
      h(
        'p',
        { class: 'quiet' },
        'Latency counts from the intended start of a request to its last byte, so time spent waiting to be sent counts too; service time counts from the first byte sent. A percentile is the smallest recorded value that at least that share of the answered requests did not exceed (nearest rank, HdrHistogram, three significant digits). One that too few samples stand behind is shown as “–”. Requests that timed out have no latency: they count as errors. Points of the charts are values of that second alone.',
      ),
    ),
  )
}
