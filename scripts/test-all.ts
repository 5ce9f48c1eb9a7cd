import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/** `npm test`: every static check and every test, then one line with the counts. A check counts as one test. */
interface Counts {
  passed: number
  failed: number
  skipped: number
}

const root = join(import.meta.dirname, '..')
const checks = ['types', 'lint', 'format', 'layers', 'unused', 'package', 'generated']
const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []

function run(command: string, args: readonly string[], quiet: boolean): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', (error) => resolve({ status: 1, output: error.message }))
    child.on('exit', (code) => resolve({ status: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}

async function check(name: string): Promise<void> {
  const began = Date.now()
  const { status, output } = await run('npm', ['run', '--silent', `check:${name}`], true)
  console.log(`${status === 0 ? '✓' : '✗'} check:${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  if (status === 0) counts.passed += 1
  else {
    counts.failed += 1
    failures.push(`check:${name}`)
    console.log(output)
  }
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Each as one paragraph: which file and test, and the first lines of why. */
function failedTests(report: VitestReport): string[] {
  const told = (file: string, test: string, why: string): string =>
    [`${relative(root, file)} > ${test}`, ...why.split('\n').slice(0, 12)].join('\n    ')
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => [
    ...(status === 'failed' && assertionResults.length === 0 ? [told(name, '(the file)', message)] : []),
    ...assertionResults
      .filter((one) => one.status === 'failed')
      .map(({ fullName, failureMessages }) => told(name, fullName, failureMessages.join('\n'))),
  ])
}

async function tests(project: string, ...more: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-tests-'))
  const file = join(folder, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = await run(
    process.execPath,
    [vitest, 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${file}`, ...more],
    false,
  )
  let failedHere = 0
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport // written by Vitest's own reporter just now
    counts.passed += report.numPassedTests
    failedHere =
      report.numFailedTests + report.testResults.filter((r) => r.status === 'failed' && r.assertionResults.length === 0).length
    counts.failed += failedHere
    counts.skipped += report.numPendingTests + report.numTodoTests
    failures.push(...failedTests(report))
  } catch {
    // No report: Vitest itself failed, which the status below counts.
  }
  rmSync(folder, { recursive: true, force: true })
  if (status !== 0 && failedHere === 0) {
    counts.failed += 1
    failures.push(`tests:${project}: Vitest ended with status ${status}`)
  }
}

// Without a browser the report page is not looked at: a failure of the set-up in CI (.ci/run installs it), a loss to be told elsewhere.
if (!existsSync('/usr/bin/chromium')) {
  console.log("! No /usr/bin/chromium (Debian's package chromium): the tests of the report page are skipped.")
  if (process.env['CI'] !== undefined) {
    counts.failed += 1
    failures.push('chromium is missing')
  }
}
// One a core.
const waiting = [...checks]
const lane = async (): Promise<void> => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await check(name)
}
await Promise.all([lane(), lane()])
await tests('unit', '--maxWorkers=2')
// They wait more than they work, and most have several runs at once.
await tests('e2e', '--maxWorkers=3')
await tests('systems', '--maxWorkers=2')
await tests('light', '--maxWorkers=2')
await tests('measured')

// Once more and together: they are far above by now.
for (const failure of failures) console.log(`✗ ${failure}`)
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
