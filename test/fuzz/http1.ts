/** The long form: `npx tsx test/fuzz/http1.ts --streams 1000000 --everywhere 5000 --seed 1`. What fails is added to the corpus. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runFuzz } from './http1-run.ts'
import type { FuzzStream } from './http1-streams.ts'

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000000' },
    everywhere: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const corpusFile = new URL('../data/http1-corpus.json', import.meta.url)
const startedMs = performance.now()
const run = runFuzz({ streams: Number(values.streams), everywhere: Number(values.everywhere), seed: Number(values.seed) })
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
console.log(
  `${run.streams} streams (seed ${values.seed}), ${run.readings} readings, ${run.answers} answers agreed, ${run.refused} streams refused by both, ${run.disagreements.length} disagreements, ${seconds} s`,
)
for (const { stream, cuts, text } of run.disagreements)
  console.log(`${text}\n  cut ${cuts.join()} ${stream.methods.join()} ${JSON.stringify(stream.bytes.slice(0, 700))}`)
if (run.disagreements.length > 0) {
  if (values.keep) {
    const corpus = JSON.parse(readFileSync(corpusFile, 'utf8')) as FuzzStream[] // written by this very command
    const known = new Set(corpus.map((stream) => stream.bytes))
    for (const { stream } of run.disagreements) if (!known.has(stream.bytes)) corpus.push(stream)
    writeFileSync(corpusFile, `${JSON.stringify(corpus, undefined, 1)}\n`)
  }
  process.exitCode = 1
}
