import { leakingServer } from './leaking-server.ts'
import { withBench } from './test-bench.ts'

/** A real Node server with a known leak, or without one, and how it is watched. */
export interface RealLeakCase {
  readonly name: string
  readonly kind: string
  readonly amount: number
  /** Its metrics page tells of V8's heap; otherwise only the kernel is asked. */
  readonly hasPage: boolean
  /** The finding that must be named; undefined for a healthy one. */
  readonly leak?: string
  /** Small leaks need more requests before they are more than a second's garbage. */
  readonly times?: number
}

export interface RealLeakOutcome {
  readonly case: RealLeakCase
  readonly named: readonly string[]
  /** Leaks that are named and are none. */
  readonly isFalseAlarm: boolean
  readonly isMiss: boolean
  /** What was named, with its figures; without it, what was said of each resource. */
  readonly evidence: string
  readonly requests: number
}

export interface RealLeakOptions {
  readonly cases?: readonly RealLeakCase[]
  readonly seconds?: number
  readonly perSec?: number
  /** Servers under load at the same time, each with a proofload of its own. */
  readonly atOnce?: number
  readonly onOutcome?: (outcome: RealLeakOutcome) => void
}

/** As in a small container. V8 then collects often enough on a busy machine too: with a heap of gigabytes it may let a minute pass, and nothing is told. */
const heapMegabytes = 192

const server = (kind: string, amount: number, hasPage: boolean, leak?: string): RealLeakCase => ({
  name: `${kind}${amount === 0 ? '' : ` ${amount}`}, ${hasPage ? 'metrics page' : 'resident memory only'}`,
  kind,
  amount,
  hasPage,
  ...(leak === undefined ? {} : { leak }),
})

/** Ten that leak and ten that do not, so that both kinds meet whatever else the machine does meanwhile. */
export const realLeakCases: readonly RealLeakCase[] = [
  { ...server('leak', 64, true, 'memory-leak'), times: 2.2 },
  server('flat', 0, true),
  { ...server('leak', 64, true, 'memory-leak'), times: 2.2 },
  server('cache', 20_000, true),
  { ...server('leak', 64, true, 'memory-leak'), times: 2.2 },
  server('sawtooth', 5000, true),
  server('leak', 256, true, 'memory-leak'),
  server('sessions', 5000, true),
  server('leak', 256, true, 'memory-leak'),
  server('flat', 0, false),
  server('leak', 1024, true, 'memory-leak'),
  server('cache', 20_000, false),
  server('leak', 1024, false, 'memory-leak'),
  server('sawtooth', 5000, false),
  server('leak', 1024, false, 'memory-leak'),
  server('sessions', 5000, false),
  server('files', 200, false, 'file-leak'),
  server('flat', 0, true),
  server('sockets', 100, false, 'socket-leak'),
  server('cache', 5000, true),
]

/** Runs each case under load by the built program, and asks its result for leaks: nothing is simulated. */
export async function runRealLeaks(options: RealLeakOptions = {}): Promise<readonly RealLeakOutcome[]> {
  const { cases = realLeakCases, seconds = 70, perSec = 1500, atOnce = 2, onOutcome } = options
  const waiting = [...cases.entries()]
  const outcomes: RealLeakOutcome[] = []
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const outcome = await runOne(one[1], { seconds: Math.round(seconds * (one[1].times ?? 1)), perSec })
      outcomes[one[0]] = outcome
      onOutcome?.(outcome)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return outcomes
}

async function runOne(
  leakCase: RealLeakCase,
  { seconds, perSec }: { seconds: number; perSec: number },
): Promise<RealLeakOutcome> {
  const { kind, amount, hasPage, leak } = leakCase
  return withBench(async (bench) => {
    bench.write('leaking-server.mjs', leakingServer)
    bench.plan(`
      export default plan({
        target: {
          url: 'http://127.0.0.1:${bench.port}', ready: '/',
          start: 'node --max-old-space-size=${heapMegabytes} leaking-server.mjs ${bench.port} ${kind} ${amount} ${hasPage ? 'page' : 'none'}',
          ${hasPage ? "metrics: '/metrics'," : ''}
        },
        scenarios: { visit: scenario(async ({ http }) => { await http.get('/') }) },
        tests: { soak: { suite: 'soak', arrivals: '${perSec}/s', for: '${seconds}s' } },
      })`)
    const { output } = await bench.run(['--reporter', 'json'], { timeoutMs: (seconds + 60) * 1000 })
    const test = bench.result().tests[0]
    if (test === undefined || test.totals.requests === 0) throw new Error(`${leakCase.name}: no requests were made.\n${output}`)
    const found = test.findings.filter(({ id }) => id.endsWith('-leak'))
    const named = found.map(({ id }) => id)
    // What a socket holds is memory as well.
    const allowed = kind === 'sockets' ? ['socket-leak', 'memory-leak'] : [leak]
    return {
      case: leakCase,
      named,
      isFalseAlarm: named.some((id) => !allowed.includes(id)),
      isMiss: leak !== undefined && !named.includes(leak),
      evidence:
        found.map(({ evidence }) => evidence).join(' ') ||
        (test.leaks ?? []).map(({ resource, reason, perRequest }) => `${resource}: ${reason} (${String(perRequest)})`).join('; '),
      requests: test.totals.requests,
    }
  })
}
