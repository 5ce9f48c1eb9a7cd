import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Goal } from './goals.ts'
import { extraSec, measure } from './measure.ts'
import { median } from './rounds.ts'
import type { Target } from './target.ts'
import { tools } from './tools.ts'

/** What our proxy costs while no fault is at work: the same requests with and without it, in turns. */
export interface IdleProxy {
  readonly addedMs: number
  /** Requests a second through the proxy, to those without it, by client. */
  readonly throughput: Readonly<Record<string, number>>
}

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly users: number
  readonly say: (line: string) => void
}

/** Clients that saturate a core by themselves; what is asked of them is the same as in the comparison of tools. */
const clients = ['proofload', 'wrk']
/** Requests, one after the other on one connection, in one look at the latency. */
const asks = 1000

export async function measureIdleProxy(target: Target, options: Options): Promise<IdleProxy> {
  const proxy = await startProxy(new URL(target.url).host)
  try {
    const urls = { direct: target.url, proxied: proxy.url }
    const added: number[] = []
    const ratios: Record<string, number[]> = {}
    await medianAskMs(urls.proxied)
    for (let round = 1; round <= options.rounds; round++) {
      const [direct, proxied] = [await medianAskMs(urls.direct), await medianAskMs(urls.proxied)]
      added.push(proxied - direct)
      options.say(`round ${round}  idle proxy  ${direct.toFixed(3)} ms direct, ${proxied.toFixed(3)} ms through it`)
      for (const client of clients) {
        const [without, through] = [
          await perSec(client, urls.direct, target, options),
          await perSec(client, urls.proxied, target, options),
        ]
        if (without === undefined || through === undefined) continue
        ;(ratios[client] ??= []).push(through / without)
        options.say(`round ${round}  idle proxy  ${client} ${without.toFixed(0)}/s direct, ${through.toFixed(0)}/s through it`)
      }
    }
    const throughput = Object.fromEntries(Object.entries(ratios).map(([client, all]) => [client, median(all)]))
    return { addedMs: median(added), throughput }
  } finally {
    await proxy.stop()
  }
}

export function judgeIdleProxy({ addedMs, throughput }: IdleProxy): Goal[] {
  return [
    { text: 'the idle proxy adds less than 0.1 ms at the median', measured: `${addedMs.toFixed(3)} ms`, met: addedMs < 0.1 },
    ...Object.entries(throughput).map(([client, ratio]) => ({
      text: `at least half the throughput through the idle proxy, asked by ${client}`,
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio >= 0.5,
    })),
  ]
}

/** The program as suites start it, in a process of its own that may use any core. */
async function startProxy(upstream: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'proofload.js')
  const child = spawn(process.execPath, [program, 'proxy', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [said] = (await once(child.stdout, 'data')) as [Buffer] // a stream of bytes
  const api = /http:\/\/\S+:\d+/.exec(said.toString())?.[0] ?? ''
  const body = JSON.stringify({ name: 'target', listen: '127.0.0.1:0', upstream })
  const { listen } = (await (await fetch(`${api}/proxies`, { method: 'POST', body })).json()) as { listen: string } // Toxiproxy's API
  return {
    url: `http://${listen}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function perSec(client: string, url: string, target: Target, { seconds, users }: Options): Promise<number | undefined> {
  const folder = mkdtempSync(join(tmpdir(), `proofload-bench-proxy-`))
  try {
    const tool = tools[client]?.({ url, users, seconds: seconds + extraSec, folder })
    return tool && (await measure(tool, target, { seconds, folder })).perSec
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
