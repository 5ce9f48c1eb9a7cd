import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../kit/free-port.ts'
import { simplePlan } from '../kit/simple-plan.ts'
import { withBench } from '../kit/test-bench.ts'

/** What a server does, and what the run must say about it: the kind of failure and words of its example. */
const answers: readonly {
  readonly title: string
  readonly behaviour: string
  readonly kind: string
  readonly example: RegExp
  readonly http?: string
}[] = [
  { title: 'garbage', behaviour: 'garbage', kind: 'malformed', example: /HTTP|version|status/i },
  { title: 'half a header', behaviour: 'half-header', kind: 'closed-early', example: /clos/i },
  {
    title: 'a Content-Length that is a lie',
    behaviour: 'short-body',
    kind: 'closed-early',
    example: /5.*1,?000|1,?000.*5|clos/i,
  },
  { title: 'two Content-Lengths', behaviour: 'two-lengths', kind: 'malformed', example: /content-length/i },
  { title: 'nothing, ever', behaviour: 'never', kind: 'timeout', example: /time|within|500/i, http: "timeout: '500ms'" },
  {
    title: 'ten gigabytes',
    behaviour: 'endless',
    kind: 'too-large',
    example: /1 ?MB|1,?000,?000|maxBody/i,
    http: "maxBody: '1MB'",
  },
]

describe.concurrent('a server that answers wrongly is data: counted by kind, with an example, and nothing hangs', () => {
  for (const { title, behaviour, kind, example, http = '' } of answers) {
    it(title, () =>
      withBench(async (bench) => {
        simplePlan(bench, {
          behaviour,
          body: "await http.get('/')\n  await think('100ms')",
          more: `http: { ${http} }, objectives: ['errors < 1%'],`,
          test: "users: 1, for: '2s', gracefulStop: '1s'",
        })
        const { status, timedOut, seconds } = await bench.run()
        expect(timedOut).toBe(false)
        expect(seconds).toBeLessThan(30)
        const result = bench.result()
        const [test] = result.tests
        expect(test!.totals.failed).toBeGreaterThan(0)
        const error = test!.errors.find((each) => each.kind.startsWith(kind))
        expect(error, JSON.stringify(test!.errors)).toBeDefined()
        expect(error!.example).toMatch(example)
        expect(test!.objectives[0]!.verdict).toBe('fail')
        expect([1, 3]).toContain(status) // 3: a starved machine voids the run
        if (behaviour === 'endless') expect(test!.totals.bytesIn / test!.totals.requests).toBeLessThan(20e6)
        expect(await bench.leftovers()).toEqual([])
      }),
    )
  }

  it('a redirect to a host that the plan does not name ends the run and names host and cure', () =>
    withBench(async (bench) => {
      const elsewhere = await freePort()
      simplePlan(bench, { behaviour: 'redirect', args: [`http://127.0.0.2:${elsewhere}/`], test: "users: 1, for: '20s'" })
      const { status, stderr, seconds } = await bench.run()
      expect(stderr).toContain(`127.0.0.2:${elsewhere}, a host that the plan does not name`)
      expect(stderr).toContain(`allowHosts: ['127.0.0.2:${elsewhere}']`)
      expect(stderr).toContain('(HOST_NOT_ALLOWED)')
      expect(status).toBe(2)
      expect(seconds).toBeLessThan(15)
      expect(bench.result()).toMatchObject({ exitCode: 2, verdict: 'error' })
      expect(await bench.leftovers()).toEqual([])
    }))

  it('a redirect in a circle is a failure of the request', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: 'redirect', args: ['/'], test: "users: 1, for: '1s'" })
      await bench.run()
      const [test] = bench.result().tests
      expect(test!.errors[0]).toMatchObject({ kind: 'redirect' })
      expect(test!.errors[0]!.example).toContain('circle')
    }))

  it('markup in a status text is text in every report', () =>
    withBench(async (bench) => {
      simplePlan(bench, {
        behaviour: 'script',
        body: "const answer = await http.get('/')\n  check(`body is ${answer.text()}`, false)\n  await think('50ms')",
      })
      await bench.run(['--reporter', 'line,json,html,junit,markdown'])
      const [test] = bench.result().tests
      expect(test!.errors.map(({ kind }) => kind)).toContain('status')
      expect(test!.checks.map(({ name }) => name)).toContain('body is <script>alert(2)</script>')
      for (const file of ['report.html', 'junit.xml', 'report.md'])
        expect(readFileSync(join(bench.out, file), 'utf8'), file).not.toMatch(/<script>alert/)
      expect(await bench.leftovers()).toEqual([])
    }))
})
