import type { TestResult } from '../../src/model/run-result.ts'
import type { Defect } from '../../systems/chat/server/defects.ts'
import { defects } from '../../systems/chat/server/defects.ts'
import type { Sign } from './chat-blame.ts'
import { blameOf, isAboutTimes, isNamed, wordsOf } from './chat-blame.ts'
import type { ChatJob, ChatRun } from './chat-runs.ts'
import { runChats } from './chat-runs.ts'
import type { TruthRow } from './row.ts'

export const chatTitle = 'The chat server and its planted defects'

interface ChatCase {
  readonly test: string
  readonly sign: Sign
}

/** Which test of the chat server's plan names which defect, and by what. */
const cases: Readonly<Record<Defect, ChatCase>> = {
  leak: { test: '50 connections/s', sign: { objective: 'app.chat_sessions < 10 during afterwards' } },
  'no-rate-limit': { test: 'rate limiter', sign: { finding: 'rate-limit-absent' } },
  'racy-rate-limit': { test: 'rate limiter', sign: { finding: 'rate-limit-racy' } },
  'no-block': { test: 'guessing', sign: { finding: 'no-block' } },
  'slow-reader-blocks-room': { test: 'slow readers', sign: { objective: 'throughput(delivered over ws) > 700/s' } },
  'lost-message-on-drain': { test: 'restarted', sign: { finding: 'lost-write' } },
  'no-auth-on-download': { test: 'files of others', sign: { objective: 'checks > 99.9%' } },
  'blocking-hash': { test: 'log-in', sign: { finding: 'event-loop-blocked' } },
}

const allDefects = Object.keys(defects) as Defect[] // `keyof typeof defects` is all that is in it

interface Outcome extends ChatCase {
  readonly defect: Defect
  readonly isNamed: boolean
  /** With the defect. */
  readonly said: readonly string[]
  readonly seconds: number
  readonly seed: number
  /** Of the healthy runs. */
  readonly seeds: readonly number[]
  /** What the healthy server was blamed for, once a run. */
  readonly counted: readonly string[]
  readonly timed: readonly string[]
}

/** Each planted defect once, and the correct server with each seed; the tests of the correct one are done in one run. */
export async function chatTruth(
  seeds: readonly number[],
): Promise<{ readonly rows: readonly TruthRow[]; readonly shown: string }> {
  const [seed = 1] = seeds
  const tests = [...new Set(allDefects.map((defect) => cases[defect].test))]
  const broken = allDefects.map((defect): ChatJob => ({ tests: [cases[defect].test], seed, defect }))
  const healthy = seeds.map((each): ChatJob => ({ tests, seed: each }))
  // What is named by its times has the machine for itself.
  const alone = broken.filter(({ defect }) => defect === 'blocking-hash')
  const runs = [...(await runChats(alone)), ...(await runChats([...broken.filter((job) => !alone.includes(job)), ...healthy]))]
  const outcomes = allDefects.map((defect) => outcomeOf(defect, runs))
  return { rows: outcomes.flatMap(rowsOf), shown: shownAs(outcomes) }
}

function outcomeOf(defect: Defect, runs: readonly ChatRun[]): Outcome {
  const { test, sign } = cases[defect]
  const broken = runs.find((run) => run.defect === defect)
  const result = broken === undefined ? undefined : resultOf(broken, test)
  const healthy = runs.flatMap((run) => {
    if (run.defect !== undefined) return []
    const one = resultOf(run, test)
    return [{ seed: run.seed, ...(one === undefined ? { counted: ['no result'], timed: [] } : sorted(one, sign)) }]
  })
  return {
    ...{ defect, test, sign },
    isNamed: result !== undefined && isNamed(result, sign),
    said: result === undefined ? ['no result'] : blameOf(result),
    seconds: broken?.seconds ?? 0,
    seed: broken?.seed ?? 0,
    seeds: healthy.map((one) => one.seed),
    counted: healthy.flatMap(({ seed, counted }) =>
      counted.length === 0 ? [] : [`${counted.join(', ')} (seed ${String(seed)})`],
    ),
    timed: healthy.flatMap(({ timed }) => (timed.length === 0 ? [] : [timed.join(', ')])),
  }
}

const resultOf = ({ results }: ChatRun, test: string): TestResult | undefined => results.find(({ name }) => name === test)

function sorted(result: TestResult, sign: Sign): { readonly counted: readonly string[]; readonly timed: readonly string[] } {
  const words = wordsOf(sign)
  // A finding that is no more than a warning is a false alarm as well, if it is the one that names the defect.
  const blame = [...new Set([...blameOf(result), ...(isNamed(result, sign) ? [words] : [])])]
  return {
    counted: blame.filter((one) => !isAboutTimes(one, sign, result)),
    timed: blame.filter((one) => isAboutTimes(one, sign, result)),
  }
}

/** As the other sections have them: the broken system, and its healthy twin. */
function rowsOf({ defect, test, sign, isNamed: found, said, seed, seeds, counted, timed }: Outcome): readonly TruthRow[] {
  const common = { detector: `chat, “${test}”`, promise: 0 }
  const missed = said.join(', ') || 'nothing'
  return [
    { ...common, system: defect, isBroken: true, expected: wordsOf(sign), seeds: [seed], wrong: found ? {} : { [missed]: 1 } },
    {
      ...common,
      ...{ system: `without ${defect}`, isBroken: false, expected: 'nothing', seeds, wrong: tally(counted) },
      ...(timed.length === 0 ? {} : { figures: `about times: ${listed(timed)}` }),
    },
  ]
}

function tally(list: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const one of list) counts[one] = (counts[one] ?? 0) + 1
  return counts
}

const listed = (list: readonly string[]): string =>
  Object.entries(tally(list))
    .map(([what, times]) => `${String(times)} × ${what}`)
    .join('; ')

function shownAs(outcomes: readonly Outcome[]): string {
  const share = (list: readonly string[], of: number): string =>
    `${String(list.length)} of ${String(of)}${list.length === 0 ? '' : `: ${listed(list)}`}`
  const body = outcomes.map(({ defect, test, sign, isNamed: found, said, seconds, seeds, counted, timed }) => {
    const words = 'finding' in sign ? `\`${sign.finding}\`` : `objective \`${sign.objective}\``
    const cells = [
      ...[`\`${defect}\``, test, words, found ? 'yes' : `no: ${said.join(', ') || 'nothing was said'}`],
      ...[share(counted, seeds.length), share(timed, seeds.length), seconds.toFixed(0)],
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    'Each planted defect of [the chat server](../systems/chat/README.md) once, and the correct server with each seed, in the test that is there for the defect. A false alarm is',
    'an objective that failed or a critical finding other than `generator-limited`, in two kinds: about what was counted, what names the defect included, and about times, which',
    `on a busy machine are the machine’s. Up to three runs at once share its cores. Seconds are those of the run with the defect, start and end included.`,
    '',
    '| defect | test | named by | named | false alarms | about times | seconds |',
    '|---|---|---|---|---|---|---|',
    ...body,
  ].join('\n')
}
