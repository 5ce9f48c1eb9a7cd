import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandPath, versionOf } from './commands.ts'
import { pinned } from './cores.ts'
import { freePort } from './target.ts'

/** A proxy in front of a target, in a process that may use any core. */
export interface Proxy {
  readonly name: string
  readonly url: string
  stop(): Promise<void>
}

/** Ours without a toxic, as suites start it, and HAProxy, which forwards bytes as it does and was made for nothing else; where it is not installed, ours alone. */
export async function startProxies(upstream: string): Promise<readonly Proxy[]> {
  const haproxy = commandPath('haproxy')
  return [await startOwn(upstream), ...(haproxy === undefined ? [] : [await startHaproxy(haproxy, upstream)])]
}

async function startOwn(upstream: string): Promise<Proxy> {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'proofload.js')
  const [file = '', ...args] = pinned('any', [process.execPath, program, 'proxy', '--port', '0'])
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [said] = (await once(child.stdout, 'data')) as [Buffer] // a stream of bytes
  const api = /http:\/\/\S+:\d+/.exec(said.toString())?.[0] ?? ''
  const body = JSON.stringify({ name: 'target', listen: '127.0.0.1:0', upstream })
  const { listen } = (await (await fetch(`${api}/proxies`, { method: 'POST', body })).json()) as { listen: string } // Toxiproxy's API
  return {
    name: 'proofload',
    url: `http://${listen}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** One thread, as ours has: two cores are shared with client and target. */
async function startHaproxy(program: string, upstream: string): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-bench-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  maxconn 4096
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen target
  bind 127.0.0.1:${port}
  server one ${upstream}
`,
  )
  const [command = '', ...args] = pinned('any', [program, '-f', file, '-db'])
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  for (let tries = 100; tries > 0 && !(await answers(port)); tries--) await sleep(50)
  return {
    name: `HAProxy ${versionOf('haproxy', ['-v'])}`,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
