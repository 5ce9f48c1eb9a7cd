import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { RunResult } from '../../src/model/run-result.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'e2e-package-')))
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const server = createServer((_, answer) => answer.end('ok'))

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}
let packed: Packed
let url = ''

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

async function command(name: string, args: readonly string[], cwd = folder): Promise<Ended> {
  const child = spawn(name, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await once(child, 'close')
  return { status: child.exitCode, stdout, stderr }
}

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const proofload = (...args: string[]): Promise<Ended> => command(join(folder, 'node_modules', '.bin', 'proofload'), args)
const resultIn = (out: string): RunResult => JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8')) as RunResult // the contract of that file
// No types but ours (the compiler's default), and ours checked as well: whoever installs the package may have neither @types/node nor
// skipLibCheck.
const typeCheck = (...files: string[]): Promise<Ended> =>
  command(process.execPath, [compiler, '--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', ...files])

const planText = (keys: string): string => `import { plan, scenario } from 'proofload'

const visit = scenario(async ({ http, check, think }) => {
  const page = await http.get('/')
  check('the page is there', page.status === 200)
  await think('20ms')
})

export default plan({
  target: { url: '${url}' },
  scenarios: { visit },
  objectives: ['errors < 1%'],
  tests: { look: { ${keys} } },
})
`

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port, so that this is its shape
  const pack = await command('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root)
  packed = (JSON.parse(pack.stdout) as [Packed])[0] // the documented shape of `npm pack --json`
  write('package.json', '{ "name": "elsewhere", "private": true, "type": "module" }\n')
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)]
  const { status, stderr } = await command('npm', install)
  if (status !== 0) throw new Error(`npm install failed:\n${stderr}`)
  write('look.plan.ts', planText("users: 2, for: '1s'"))
}, 60_000)

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the package, installed elsewhere', () => {
  it('holds the program and nothing else, in less than a megabyte and a half', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['bin/proofload.js', 'LICENSE', 'dist/cli/main.js', 'dist/public/index.d.ts']))
    const strangers = paths.filter(
      (path) =>
        !/^(bin\/|dist\/|package\.json|LICENSE|README\.md|CHANGELOG\.md)/.test(path) ||
        /^dist\/systems|\.test\.|\.map$/.test(path),
    )
    expect(strangers).toEqual([])
    expect(packed.size).toBeLessThan(1_500_000)
  })

  it('runs a TypeScript plan to a result and a page', async () => {
    const { status, stdout, stderr } = await proofload('run', 'look.plan.ts', '--out', 'run')
    expect([0, 3], stdout + stderr).toContain(status) // 3: a starved machine voids the run
    const [test] = resultIn('run').tests
    expect(test?.totals.requests).toBeGreaterThan(10)
    expect(test?.objectives[0]?.verdict).toBe('pass')
    expect(readFileSync(join(folder, 'run', 'report.html'), 'utf8')).toContain('the page is there')
  })

  it('brings its types: sound plans and programs compile, a misspelt key or option does not', async () => {
    const program = (option: string): string => `import { runPlan } from 'proofload/runner'
import type { Reporter } from 'proofload/reporter'
const own: Reporter = { onTick: ({ test, nowSec }) => void \`\${test} \${nowSec.toFixed(0)}\` }
export const exitCode: number = (await runPlan('look.plan.ts', { ${option}, reporters: ['html', own] })).exitCode
`
    write('misspelt.plan.ts', planText("users: 2, forr: '1s'"))
    write('sound.ts', program('quick: true'))
    write('misspelt.ts', program('quik: true'))
    await proofload('init', url, '--dir', 'typed')
    const sound = ['look.plan.ts', 'typed/first.plan.ts', 'sound.ts']
    // One compilation for all: it takes seconds.
    const { stdout } = await typeCheck(...sound, 'misspelt.plan.ts', 'misspelt.ts')
    expect(stdout).toMatch(/^misspelt\.plan\.ts\(\d+,\d+\): error TS.*forr/m)
    expect(stdout).toMatch(/^misspelt\.ts\(\d+,\d+\): error TS.*quik/m)
    const errors = stdout.split('\n').filter((line) => /error TS/.test(line) && !line.startsWith('misspelt.'))
    expect(errors).toEqual([])
  }, 120_000)

  it('`init URL` writes a plan that runs, and a workflow that runs it', async () => {
    mkdirSync(join(folder, 'fresh'))
    const init = await proofload('init', url, '--dir', 'fresh')
    expect(init.status, init.stderr).toBe(0)
    const short = ['--test', 'first look', '--set', 'tests.first look.for=2s', '--out', 'first']
    const run = await proofload('run', 'fresh/first.plan.ts', ...short)
    expect([0, 1, 3], run.stdout + run.stderr).toContain(run.status) // 1 and 3: a starved machine is slow, or voids the run
    expect(resultIn('first').tests[0]?.totals).toMatchObject({ failed: 0 })
    const workflow: unknown = parse(readFileSync(join(folder, 'fresh', '.github', 'workflows', 'load-test.yml'), 'utf8'))
    expect(workflow).toMatchObject({
      jobs: {
        load: {
          steps: expect.arrayContaining([{ run: expect.stringContaining('proofload run first.plan.ts') as string }]) as unknown,
        },
      },
    })
  })
})

describe('proofload/runner', () => {
  const program = (body: string): Promise<Ended> => {
    const name = `program-${Math.random().toString(36).slice(2)}.mjs`
    write(name, `import { runPlan, ToolError } from 'proofload/runner'\n${body}\n`)
    return command(process.execPath, [name])
  }

  it('runs a plan to its result, tells its events in order, and prints and writes nothing but the record', async () => {
    const { stdout, stderr } = await program(`import { readdirSync } from 'node:fs'
const kinds = []
const result = await runPlan('look.plan.ts', {
  out: 'silent', seed: 11, objectives: ['p50 < 10s'], settings: ['tests.look.users=1'], onEvent: ({ kind }) => kinds.push(kind),
})
const [{ objectives, totals }] = result.tests
console.log(JSON.stringify({ kinds, seed: result.seed, objectives, requests: totals.requests, files: readdirSync('silent').sort() }))`)
    expect(stderr).toBe('')
    const said = JSON.parse(stdout) as Record<string, unknown>
    expect(said).toMatchObject({ seed: 11, objectives: [{ text: 'p50 < 10s', verdict: 'pass' }] })
    expect(said['requests']).toBeGreaterThan(10)
    expect(said['kinds']).toEqual(expect.arrayContaining(['run-started', 'load-started', 'load-ended', 'run-ended']))
    expect(said['files']).toEqual(['events.ndjson', 'plan.bundle.mjs', 'plan.json', 'windows.ndjson'])
    expect(readFileSync(join(folder, 'silent', 'plan.json'), 'utf8')).toContain(
      "proofload run look.plan.ts --set tests.look.users=1 --objective 'p50 < 10s' --seed 11",
    )
  })

  it('is ended by its signal as by Ctrl-C, with a verdict', async () => {
    const { stdout, stderr } = await program(`const abort = new AbortController()
const began = performance.now()
const { verdict, exitCode } = await runPlan('look.plan.ts', {
  out: 'ended', settings: ['tests.look.for=60s'], signal: abort.signal,
  onEvent: ({ kind }) => { if (kind === 'load-started') setTimeout(() => abort.abort(), 500) },
})
console.log(JSON.stringify({ verdict, exitCode, quick: performance.now() - began < 30_000 }))`)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ verdict: 'interrupted', exitCode: 130, quick: true })
  })

  it('starts nothing after an aborted signal', async () => {
    const { stdout } = await program(`import { existsSync } from 'node:fs'
await runPlan('look.plan.ts', { out: 'never', signal: AbortSignal.abort(new Error('not today')) }).catch((error) =>
  console.log(JSON.stringify({ message: error.message, written: existsSync('never') })))`)
    expect(JSON.parse(stdout)).toEqual({ message: 'not today', written: false })
  })

  it('throws what is wrong with a plan, with its code', async () => {
    write('misspelt.plan.ts', planText("users: 2, forr: '1s'"))
    const { stdout } = await program(`await runPlan('misspelt.plan.ts').catch((error) =>
  console.log(JSON.stringify({ isToolError: error instanceof ToolError, code: error.code, message: error.message })))`)
    expect(JSON.parse(stdout)).toMatchObject({
      isToolError: true,
      code: 'PLAN_INVALID',
      message: expect.stringContaining('tests.look.forr') as string,
    })
  })

  it('shows the run to named reporters and to own ones; one that throws is warned of and harms no other', async () => {
    const { stdout, stderr } = await program(`import { renderReport } from 'proofload/reporter'
let markdown = ''
await runPlan('look.plan.ts', {
  out: 'told',
  reporters: ['json', { onHeader() { throw new Error('a reporter with a bug') } }, { onResult: (outcome) => { markdown = renderReport('markdown', outcome) } }],
})
console.log(markdown)`)
    expect(stderr).toContain('a reporter with a bug')
    expect(stdout).toContain('look')
    expect(resultIn('told').tests).toHaveLength(1)
  })
})
