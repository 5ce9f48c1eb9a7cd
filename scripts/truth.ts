import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TruthRow } from './truth/row.ts'
import { sections } from './truth/simulated.ts'
import { broken, table } from './truth/table.ts'

/**
 * Every detector of the search for the breaking point on systems of which the truth is known. `--short`: three seeds; `--real`: real processes too,
 * for some half an hour; `--json`: the rows for a program; `--write`: into `docs/truth.md`.
 */
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    seed: { type: 'string', default: '3001' },
  },
})

const first = Number(values.seed)
const seeds = Array.from({ length: values.short ? 3 : 20 }, (_, i) => first + i)
const done: { readonly title: string; readonly rows: readonly TruthRow[] }[] = []
for (const { title, rows } of sections) {
  const found = rows(seeds)
  done.push({ title, rows: found })
  if (!values.json) console.log(`\n## ${title}\n\n${table(found)}`)
}
if (values.real) {
  // Loaded only when they are asked for: they need the built program.
  const { realSections } = await import('./truth/real.ts')
  for (const { title, rows } of realSections) {
    const found = await rows()
    done.push({ title, rows: found })
    if (!values.json) console.log(`\n## ${title}\n\n${table(found)}`)
  }
}
if (values.json) console.log(JSON.stringify(done, null, 2))
if (values.write) writeFileSync(join(import.meta.dirname, '..', 'docs', 'truth.md'), page())
const late = broken(done.flatMap(({ rows }) => rows))
for (const { detector, system } of late) console.error(`Beyond its promise: ${detector}, ${system}`)
process.exitCode = late.length > 0 ? 1 : 0

function page(): string {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, Node ${process.version}`
  return `# Truth

What each detector says of systems whose truth is known: a broken one, and a twin that is healthy. Written by \`npm run truth -- --write\` on ${date}
(${machine}), seeds ${String(first)} to ${String(seeds.at(-1) ?? first)}, none of which was used for tuning. A miss is a truth that was not told, a false alarm
something told of a healthy system; the interval is Wilson's for the share of wrong answers. [Maths](maths.md) has the rules. The published numbers of
Kneedle and of the Universal Scalability Law are reproduced in the tests beside \`src/analysis/scalability/\`.
${done.map(({ title, rows }) => `\n## ${title}\n\n${table(rows)}\n`).join('')}`
}
