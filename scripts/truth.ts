import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sectionsOf, truthPage, withMeasured } from './truth/page.ts'
import type { PageSection } from './truth/page.ts'
import type { TruthRow } from './truth/row.ts'
import { sections } from './truth/simulated.ts'
import { broken, table } from './truth/table.ts'

/**
 * Every detector on systems of which the truth is known; with words only the sections whose titles have one of them (`npm run truth -- limiters`).
 * `chat` is the chat server's section. `--seeds N`, `--short`: three seeds; `--real`: real processes too, for some half an hour; `--json`: the rows for a program; `--write`: into `docs/truth.md`, which
 * keeps the sections that were not measured.
 */
const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    seed: { type: 'string', default: '3001' },
    seeds: { type: 'string', default: '20' },
  },
})

const first = Number(values.seed)
const seeds = Array.from({ length: values.short ? 3 : Number(values.seeds) }, (_, i) => first + i)
const done: { readonly title: string; readonly rows: readonly TruthRow[]; readonly body: string }[] = []
const order = sections.map(({ title }) => title)
for (const { title, rows } of sections.filter(isAskedFor)) tell(title, rows(seeds), `seeds ${seedWords(seeds)}`)
if (values.real) {
  // Loaded only when they are asked for: they need the built program.
  const { realSections } = await import('./truth/real.ts')
  order.push(...realSections.map(({ title }) => title))
  for (const { title, rows } of realSections.filter(isAskedFor)) tell(title, await rows(), 'by the clock')
}
if (words.includes('chat')) {
  // By its name alone: it takes both cores for ten minutes.
  const { chatTitle, chatTruth } = await import('./truth/chat.ts')
  const { rows, shown } = await chatTruth(seeds)
  tell(chatTitle, rows, `seeds ${seedWords(seeds)}`, shown)
}
if (done.length === 0) throw new Error(`No section has one of these words in its title: ${words.join(', ')}.`)
if (values.json)
  console.log(
    JSON.stringify(
      done.map(({ title, rows }) => ({ title, rows })),
      null,
      2,
    ),
  )
if (values.write) write(done)
const late = broken(done.flatMap(({ rows }) => rows))
for (const { detector, system } of late) console.error(`Beyond its promise: ${detector}, ${system}`)
process.exitCode = late.length > 0 ? 1 : 0

function isAskedFor({ title }: { readonly title: string }): boolean {
  return words.length === 0 || words.some((word) => title.toLowerCase().includes(word.toLowerCase()))
}

function seedWords(list: readonly number[]): string {
  return `${String(list[0] ?? first)} to ${String(list.at(-1) ?? first)}`
}

function tell(title: string, rows: readonly TruthRow[], how: string, shown = table(rows)): void {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, Node ${process.version}`
  const body = `${date}, ${how} (${machine}).\n\n${shown}`
  done.push({ title, rows, body })
  if (!values.json) console.log(`\n## ${title}\n\n${body}`)
}

function write(measured: readonly PageSection[]): void {
  const file = join(import.meta.dirname, '..', 'docs', 'truth.md')
  writeFileSync(file, truthPage(withMeasured(sectionsOf(readFileSync(file, 'utf8')), measured, order)))
}
