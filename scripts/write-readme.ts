import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Plan and output of the README, from the plan that `npm start` runs and the report of such a run, shortened by whole lines only.
 * `npm start`, then `npx tsx scripts/write-readme.ts [RUN]`; RUN is a run folder, default `.proofload/shop`.
 */
const root = join(import.meta.dirname, '..')
const shown = '.proofload/shop'
const run = resolve(process.argv[2] ?? join(root, shown))
/** Of each test, in their order; what else is said of it, its own page has. */
const sections: readonly (readonly string[])[] = [['Numbers'], ['Capacity'], ['Phases', 'Recovery', 'Data']]

const plan = readFileSync(join(root, 'systems', 'shop', 'first-look.plan.ts'), 'utf8')
const report = readFileSync(join(run, 'report.txt'), 'utf8')
const output = shortened(report.trimEnd().split('\n'))
  .replaceAll(run, shown)
  .replace(/ \S*\/\.proofload\/shop\//, ` ${shown}/`)
const file = join(root, 'README.md')
const readme = readFileSync(file, 'utf8')
writeFileSync(file, withBlock(withBlock(readme, '## A plan', 'ts', plan), '## What it says', '', output))
console.log(`wrote ${file}: ${report.split('\n', 1)[0] ?? ''}`)

/** The text with the first block of code below a heading replaced. */
function withBlock(text: string, heading: string, language: string, body: string): string {
  const from = text.indexOf(`\n\`\`\`${language}\n`, text.indexOf(`${heading}\n`))
  const to = text.indexOf('\n```\n', from + 4)
  if (from < 0 || to < 0) throw new Error(`Expected a block of code below "${heading}" in README.md.`)
  return `${text.slice(0, from)}\n\`\`\`${language}\n${body.trimEnd()}${text.slice(to)}`
}

/** The head, of each test its head and the sections above, and the end; an ellipsis stands where lines are left out. */
function shortened(lines: readonly string[]): string {
  const isHead = (line: string): boolean => /^\S/.test(line)
  const tests = lines.flatMap((line, i) => (/^[✓✗?] [A-Z][a-z]+ {2}/.test(line) ? [i] : []))
  const end = lines.findLastIndex((line) => /^[✓✗?] [A-Z]{4,} {2}/.test(line))
  const kept: string[] = []
  let isKept = true
  lines.forEach((line, i) => {
    const test = tests.findLastIndex((at) => at <= i)
    if (isHead(line))
      isKept = i === 0 || i >= end || tests.includes(i) || (sections[test] ?? []).some((name) => line.startsWith(name))
    if (isKept) kept.push(line)
    else if (kept.at(-2) !== '…') kept.push('…', '')
  })
  return kept.join('\n')
}
