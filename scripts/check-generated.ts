import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedPages, root } from './generate-docs.ts'

/** Fails when a generated page is not what the code would generate, or when ARCHITECTURE.md and package.json disagree on the runtime packages. */
const problems: string[] = []
for (const [path, text] of generatedPages()) {
  const file = join(root, path)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    problems.push(`${path} is out of date: run npx tsx scripts/generate-docs.ts`)
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> } // our own file
const table = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('## Runtime packages')[1] ?? ''
const listed = new Set([...table.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]))
for (const name of Object.keys(manifest.dependencies))
  if (!listed.has(name)) problems.push(`ARCHITECTURE.md does not say why ${name} is a runtime package`)
for (const name of listed)
  if (name === undefined || !(name in manifest.dependencies))
    problems.push(`ARCHITECTURE.md lists ${String(name)}, which is not in package.json`)

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
