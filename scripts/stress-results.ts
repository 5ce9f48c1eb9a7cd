/** Joins the documents of several runs, each under a title of its own: `npx tsx scripts/stress-results.ts 'shop: load=RUN' RUN … > docs/stress_testing_results.md`. */
import { readRunFolder } from '../src/run/index.ts'
import { renderMarkdown } from '../src/report/index.ts'
import { judgeRun } from '../src/verdicts/index.ts'

const runs = process.argv.slice(2).map((given) => {
  const [, title, folder = given] = /^([^=]+)=(.+)$/.exec(given) ?? []
  return { title, folder }
})
if (runs.length === 0) {
  process.stderr.write('Usage: npx tsx scripts/stress-results.ts [TITLE=]RUN …\n')
  process.exit(2)
}

const documents = runs.map(({ title, folder }) => {
  const { header, data, problems } = readRunFolder(folder)
  for (const problem of problems) process.stderr.write(`! ${folder}: ${problem}\n`)
  return renderMarkdown(judgeRun(data), header, { level: 2, ...(title === undefined ? {} : { title }) })
})
process.stdout.write(`# Stress testing results

Written from the records of the runs by \`scripts/stress-results.ts\`; \`proofload report RUN --format markdown\` writes the same of one run.

${documents.join('\n')}`)
