/** Joins the documents of several runs: `npx tsx scripts/stress-results.ts RUN… > docs/stress_testing_results.md`. */
import { readRunFolder } from '../src/run/index.ts'
import { renderMarkdown } from '../src/report/index.ts'
import { judgeRun } from '../src/verdicts/index.ts'

const folders = process.argv.slice(2)
if (folders.length === 0) {
  process.stderr.write('Usage: npx tsx scripts/stress-results.ts RUN [RUN …]\n')
  process.exit(2)
}

const documents = folders.map((folder) => {
  const { header, data, problems } = readRunFolder(folder)
  for (const problem of problems) process.stderr.write(`! ${folder}: ${problem}\n`)
  return renderMarkdown(judgeRun(data), header, { level: 2 })
})
process.stdout.write(`# Stress testing results

Written from the records of the runs by \`scripts/stress-results.ts\`; \`proofload report RUN --format markdown\` writes the same of one run.

${documents.join('\n')}`)
