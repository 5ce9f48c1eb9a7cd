import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pinned } from './cores.ts'
import { freePort } from './target.ts'
import type { Target } from './target.ts'

/** The server of messages; `opened` is the same server with the connections that were ever opened as its count. */
export interface EchoTarget extends Target {
  readonly linesPort: string
  readonly opened: Target
}

export async function startEchoTarget(): Promise<EchoTarget> {
  const port = await freePort()
  const server = join(import.meta.dirname, '..', 'servers', 'echo-server.ts')
  const [file = '', ...args] = pinned('target', [process.execPath, '--import', 'tsx', server, String(port)])
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const text = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text()
  const status = async (): Promise<readonly number[]> => (await text('/status')).match(/\d+/g)?.map(Number) ?? []
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  const name = 'an echo of Node.js and ws'
  const target = (requests: number): Target => ({
    name,
    url,
    count: async () => {
      const counts = await status()
      return { requests: counts[requests] ?? NaN, connections: counts[0] ?? NaN }
    },
    stop,
  })
  for (let tries = 100; ; tries--) {
    if (child.exitCode !== null) throw new Error(`the echo ended with status ${child.exitCode}`)
    const linesPort = await text('/lines').catch(() => '')
    if (linesPort !== '') return { ...target(3), linesPort, opened: target(1) }
    if (tries === 0) throw new Error('the echo does not answer')
    await sleep(100)
  }
}
