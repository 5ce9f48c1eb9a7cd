import type picocolors from 'picocolors'
import { bytes, clock, count, ms, percent, perSec } from '../numbers.ts'
import { oneLine } from '../plain-text.ts'
import type { Piece } from './screen.ts'
import { knownText, resultsText, trialText } from './search-status.ts'
import { bar, spark } from './spark.ts'
import type { Status } from './status.ts'

type Colours = ReturnType<typeof picocolors.createColors>

/** The live block, at most eleven lines: what runs, how far it is, and how it goes. */
export function statusBlock(status: Status, c: Colours, columns: number): Piece[][] {
  const { elapsedSec, durationSec, watched, done } = status
  const width = Math.min(columns - 1, 100)
  const progress = Math.max(10, Math.min(40, width - 44))
  const graph = Math.max(8, Math.min(60, width - 36))
  const { name } = cells(c)
  const lines: Piece[][] = [
    [],
    [
      [oneLine(status.test), c.bold],
      ...(status.tests > 1 ? [[`  ${status.index} of ${status.tests}`, c.dim] as const] : []),
      ...(status.search === undefined ? [] : [[`  ${trialText(status.search)}`, c.cyan] as const]),
      ...(status.phase === '' ? [] : [[`  ${oneLine(status.phase)}`, c.cyan] as const]),
    ],
    [
      ['  '],
      [bar(durationSec > 0 ? elapsedSec / durationSec : 0, progress), c.cyan],
      [`▏ ${clock(elapsedSec)} of ${clock(durationSec)}`],
      [`  ${leftText(status)}`, c.dim],
    ],
    ...(status.search === undefined
      ? []
      : [
          [name('known'), [knownText(status.search)] as const],
          [name('trials'), [resultsText(status.search, 4), c.dim] as const],
        ]),
    ...watched.map((text): Piece[] => [name(text === watched[0] ? 'watched' : ''), [oneLine(text)]]),
    ...(watched.length > 0 && done === 0 ? [] : loadLines(status, c, graph)),
  ]
  if (watched.length === 0 && (status.targetCpu !== null || status.targetMemory !== null))
    lines.push([name('target'), [`CPU ${percent(status.targetCpu)} · memory ${bytes(status.targetMemory)}`]])
  return lines
}

function loadLines(status: Status, c: Colours, graph: number): Piece[][] {
  const { name, value } = cells(c)
  return [
    [
      name('load'),
      value(status.rate === null ? `${count(status.users)} users` : perSec(status.rate)),
      [status.rate === null ? '' : `arrivals, ${count(status.users)} users`, c.dim],
    ],
    [name(status.work), value(perSec(status.perSec)), [spark(status.throughput, graph), c.blue]],
    [name('p95'), value(ms(status.p95Ms)), [spark(status.p95, graph), c.yellow]],
    [name('latency'), [`p50 ${ms(status.p50Ms)} · p95 ${ms(status.p95Ms)} · p99 ${ms(status.p99Ms)}`], ['  last 5 s', c.dim]],
    [name('errors'), ...errorPieces(status, c)],
  ]
}

function cells(c: Colours) {
  return {
    name: (text: string): Piece => [`  ${text.padEnd(10)}`, c.dim],
    value: (text: string): Piece => [text.padEnd(12)],
  }
}

/** Of a search nobody knows how many trials there will be: what is left is left of this one. */
function leftText({ elapsedSec, durationSec, search }: Status): string {
  if (search !== undefined && search.settlingSec !== null) return `settling for ${clock(search.settlingSec)}`
  return `${clock(Math.ceil(durationSec - elapsedSec))} left${search === undefined ? '' : ' of this trial'}`
}

function errorPieces({ errorRate, failed, done, dropped }: Status, c: Colours): Piece[] {
  const now = `${percent(errorRate)} now`
  const pieces: Piece[] = [(errorRate ?? 0) > 0 ? [now, c.red] : [now], [` · ${count(failed)} of ${count(done)}`, c.dim]]
  if (dropped > 0) pieces.push([` · ${count(dropped)} dropped`, c.red])
  return pieces
}
