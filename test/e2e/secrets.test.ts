import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maskSecrets } from '../../src/base/secrets.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** With characters that URLs, JSON and base64 write differently. */
const secret = 'tok/en+with "quotes" 7f3a9c'
const spellings = [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
]

/** Sends the token in every way in which plans do, and has it come back in every way in which servers do. */
const leaky = {
  behaviour: 'echo',
  before: "const token = env('TOKEN')",
  body: `
  console.log('the token is', token)
  console.error(new Error('refused: ' + token))
  const answer = await http.post('/log-in', { headers: { authorization: 'Bearer ' + token }, json: { token }, query: { token, status: 500 } })
  check('token ' + token + ' is accepted', answer.ok)
  await step('with ' + token, async () => { await http.get('/' + encodeURIComponent(token), { name: 'GET ' + token }) })
  await think('50ms')
  answer.json<{ body: string }>().body.trim()
  if (vu.iteration === 1) throw new Error('no such token: ' + answer.text())`,
  more: "async setup({ http }) { console.log('set up with', token); return { token } },",
  test: "users: 1, for: '1s'",
}

function files(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

function expectNowhere(bench: TestBench, printed: string): void {
  const texts = [...files(bench.out).map((path) => [path, readFileSync(path, 'utf8')] as const), ['the screen', printed] as const]
  for (const [where, text] of texts)
    for (const spelling of spellings) expect(text.includes(spelling), `${spelling} in ${where}`).toBe(false)
}

describe.concurrent('a secret of the environment', () => {
  it('is in no file of the run and nowhere on the screen', () =>
    withBench(async (bench) => {
      simplePlan(bench, leaky)
      const run = await bench.run(['--reporter', 'line,json,html,junit,text,markdown,csv'], { env: { TOKEN: secret } })
      expect(run.stderr).not.toContain('defect of proofload')
      // It did go out, and came back.
      const sent = readFileSync(join(bench.folder, 'requests.ndjson'), 'utf8')
      expect(sent).toContain(JSON.stringify(secret).slice(1, -1))
      expect(readFileSync(join(bench.out, 'events.ndjson'), 'utf8')).toContain('the token is ***')
      expect(files(bench.out).length).toBeGreaterThan(8)
      expectNowhere(bench, run.output)
      const again = await bench.cli(['report', bench.out, '--format', 'html'])
      expectNowhere(bench, again.output)
    }))

  it('is masked in what --debug shows', () =>
    withBench(async (bench) => {
      simplePlan(bench, leaky)
      const run = await bench.run(['--debug'], { env: { TOKEN: secret } })
      expect(run.stdout).toMatch(/POST .*log-in/)
      expect(run.stdout).toContain('Bearer ***')
      expectNowhere(bench, run.output)
    }))

  it('is masked in the message of a plan that throws it', () =>
    withBench(async (bench) => {
      simplePlan(bench, { ...leaky, more: "async setup() { throw new Error('refused ' + token) }," })
      const run = await bench.run([], { env: { TOKEN: secret } })
      expect(run.stderr).toContain('refused ***')
      expect(run.status).toBe(5)
      expectNowhere(bench, run.output)
    }))

  it('is masked before the run begins: what the file prints, throws or gets wrong, and what --dry-run tells', () =>
    withBench(async (bench) => {
      const env = { TOKEN: secret }
      const file = (rest: string): string => bench.plan(`const token = env('TOKEN')\n${rest}`)
      const tests = "scenarios: { a: scenario(() => undefined) }, tests: { a: { users: 1, for: '1s' } }"

      file(
        `console.log('loaded with', token)\nexport default plan({ ${tests}, target: { start: ['node', 'server.mjs', token] } })`,
      )
      const dry = await bench.run(['--dry-run'], { env })
      expect(dry.stdout).toContain('loaded with ***')
      expect(dry.stdout).toContain('starts the target: node server.mjs ***')

      file(`throw new Error('no access with ' + token)\nexport default plan({ ${tests} })`)
      const thrown = await bench.run([], { env })
      expect(thrown.stderr).toContain('no access with ***')

      file(`export default plan({ ${tests}, target: { url: token } })`)
      const wrong = await bench.run([], { env })
      expect(wrong.stderr).toContain("got '***'")

      for (const { output } of [dry, thrown, wrong]) for (const spelling of spellings) expect(output).not.toContain(spelling)
    }))

  it('is the password of a service too', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        more: "services: { db: service.postgres() }, async setup({ services }) { console.log('database', services.db.url) },",
      })
      const { output } = await bench.run()
      const events = readFileSync(join(bench.out, 'events.ndjson'), 'utf8')
      expect(events).toMatch(/database postgres(ql)?:\/\/[^:]+:\*\*\*@127\.0\.0\.1/)
      expect(output).not.toMatch(/:\/\/[^:]+:[^*][^@]*@/)
    }))

  it('shows when the plan says that it is none', () =>
    withBench(async (bench) => {
      simplePlan(bench, { ...leaky, before: "const token = env('TOKEN', { secret: false })" })
      await bench.run([], { env: { TOKEN: secret } })
      expect(readFileSync(join(bench.out, 'events.ndjson'), 'utf8')).toContain(JSON.stringify(`the token is ${secret}`))
    }))
})

it('the spellings above are those that are masked', () => {
  for (const spelling of spellings) expect(maskSecrets(`<${spelling}>`, [secret])).toBe('<***>')
})
