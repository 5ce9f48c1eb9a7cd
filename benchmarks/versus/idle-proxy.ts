import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Goal } from './goals.ts'
import { extraSec, measure } from './measure.ts'
import { startProxies } from './proxies.ts'
import type { Proxy } from './proxies.ts'
import { median } from './rounds.ts'
import { bodyBytes, startNodeTarget, startTarget } from './target.ts'
import type { Target } from './target.ts'
import { onPath, tools } from './tools.ts'
import type { Task, Tool } from './tools.ts'

/** What a proxy costs while no fault is at work: the same requests with and without it, in turns. */
export interface IdleProxy {
  /** Milliseconds at the median, by proxy. */
  readonly added: Readonly<Record<string, number>>
  readonly throughput: readonly ProxyRow[]
}

interface ProxyRow {
  readonly what: string
  readonly client: string
  readonly directPerSec: number
  /** Requests a second through it to those without it, by proxy. */
  readonly ratios: Readonly<Record<string, number>>
}

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly users: number
  readonly say: (line: string) => void
}

type Client = (task: Task) => Tool | undefined

/** What is asked for, and by clients that saturate a core by themselves. */
interface Work {
  readonly what: string
  readonly clients: Readonly<Record<string, Client | undefined>>
}

const ofBodies: Client = ({ url, users, seconds }) =>
  onPath('wrk', ['-v'], ['-t1', `-c${users}`, `-d${seconds}`, `${url}/body`], () => null)

/** Requests, one after the other on one connection, in one look at the latency. */
const asks = 1000

/** Nothing is pinned: three that share two cores are slow or fast by which two of them were put on one. */
export async function measureIdleProxy(options: Options): Promise<IdleProxy> {
  const { proofload, wrk } = tools
  const target = await startTarget('any')
  const first = await stopped(target, async () => {
    const fast = { what: `a small document of ${target.name}`, clients: { proofload, wrk } }
    if (!target.name.startsWith('nginx')) return behindProxies(target, [fast], options)
    await checkBody(target)
    const large = { what: `a body of 1 MB of ${target.name}`, clients: { wrk: ofBodies } }
    return behindProxies(target, [fast, large], options)
  })
  const node = await startNodeTarget('any')
  const second = await stopped(node, () =>
    behindProxies(node, [{ what: `a small document of ${node.name}`, clients: { wrk } }], options),
  )
  return { added: first.added, throughput: [...first.throughput, ...second.throughput] }
}

async function stopped<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await target.stop()
  }
}

/** A refusal is answered faster than a body, and would be taken for one. */
async function checkBody({ url }: Target): Promise<void> {
  const answer = await fetch(`${url}/body`)
  const { byteLength } = await answer.arrayBuffer()
  if (answer.status !== 200 || byteLength !== bodyBytes)
    throw new Error(`expected ${bodyBytes} bytes at ${url}/body, got status ${answer.status} and ${byteLength} bytes`)
}

async function behindProxies(target: Target, works: readonly Work[], options: Options): Promise<IdleProxy> {
  const proxies = await startProxies(new URL(target.url).host)
  try {
    const added = await addedBy(proxies, target, options)
    const throughput: ProxyRow[] = []
    for (const { what, clients } of works)
      for (const [name, client] of Object.entries(clients)) {
        const row = client && (await throughputOf(client, { proxies, target, what, name }, options))
        if (row !== undefined) throughput.push(row)
      }
    return { added, throughput }
  } finally {
    for (const proxy of proxies) await proxy.stop()
  }
}

async function addedBy(proxies: readonly Proxy[], target: Target, { rounds, say }: Options): Promise<Record<string, number>> {
  const added: Record<string, number[]> = {}
  for (const { url } of proxies) await medianAskMs(url)
  for (let round = 1; round <= rounds; round++) {
    const direct = await medianAskMs(target.url)
    for (const { name, url } of proxies) {
      const through = await medianAskMs(url)
      ;(added[name] ??= []).push(through - direct)
      say(`round ${round}  idle proxy  ${direct.toFixed(3)} ms direct, ${through.toFixed(3)} ms through ${name}`)
    }
  }
  return medians(added)
}

interface Asked {
  readonly proxies: readonly Proxy[]
  readonly target: Target
  readonly what: string
  readonly name: string
}

async function throughputOf(client: Client, asked: Asked, options: Options): Promise<ProxyRow | undefined> {
  const { proxies, target, what, name } = asked
  const direct: number[] = []
  const ratios: Record<string, number[]> = {}
  for (let round = 1; round <= options.rounds; round++) {
    const without = await perSec(client, target.url, target, options)
    if (without === undefined) return undefined
    direct.push(without)
    for (const proxy of proxies) {
      const through = (await perSec(client, proxy.url, target, options)) ?? NaN
      ;(ratios[proxy.name] ??= []).push(through / without)
      options.say(
        `round ${round}  ${what}, ${name}: ${without.toFixed(0)}/s direct, ${through.toFixed(0)}/s through ${proxy.name}`,
      )
    }
  }
  return { what, client: name, directPerSec: median(direct), ratios: medians(ratios) }
}

function medians(all: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, median(values)]))
}

/** Ours, with what HAProxy reaches on the same cores beside it. */
export function judgeIdleProxy({ added, throughput }: IdleProxy): Goal[] {
  const own = added['proofload'] ?? NaN
  const others = Object.entries(added).filter(([name]) => name !== 'proofload')
  const beside = others.map(([name, ms]) => `; ${name}: ${ms.toFixed(3)} ms`).join('')
  return [
    { text: 'the idle proxy adds less than 0.1 ms at the median', measured: `${own.toFixed(3)} ms${beside}`, met: own < 0.1 },
    ...throughput.map(({ what, client, ratios }) => {
      const ratio = ratios['proofload'] ?? NaN
      const yardsticks = Object.entries(ratios).filter(([name]) => name !== 'proofload')
      return {
        text: `at least half the throughput through the idle proxy: ${what}, asked by ${client}`,
        measured: [`${ratio.toFixed(2)} ×`, ...yardsticks.map(([name, of]) => `${name}: ${of.toFixed(2)} ×`)].join('; '),
        met: ratio >= 0.5,
      }
    }),
  ]
}

async function perSec(client: Client, url: string, target: Target, { seconds, users }: Options): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), `proofload-bench-proxy-`))
  try {
    const tool = client({ url, users, seconds: seconds + extraSec, folder })
    return tool && (await measure({ ...tool, role: 'any' }, target, { seconds, folder })).perSec
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function medianAskMs(url: string): Promise<number> {
  const { hostname: host, port } = new URL(url)
  const socket = connect({ host, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  const times: number[] = []
  for (let i = 0; i < asks; i++) {
    const startMs = performance.now()
    socket.write(`GET /item HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    await once(socket, 'data')
    times.push(performance.now() - startMs)
  }
  socket.destroy()
  return median(times)
}
