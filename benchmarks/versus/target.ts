import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandPath, versionOf } from './commands.ts'
import { pinned } from './cores.ts'
import type { Role } from './cores.ts'

/** The server that every tool asks. */
export interface Target {
  readonly name: string
  readonly url: string
  /** Requests that it has answered and connections that it has open, by its own count. */
  count(): Promise<{ readonly requests: number; readonly connections: number }>
  stop(): Promise<void>
}

/** Of `/body`. */
export const bodyBytes = 1_000_000

const item = '{"id":1,"name":"Proof","price":12.5}'

/** Not reloaded, one worker, no log, answers from memory, connections that live for ever: as little of the target in the figures as can be. */
function nginxConf(folder: string, port: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`)
  return `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 16384; }
http {
  access_log off; sendfile on; keepalive_requests 1000000000; keepalive_timeout 3600s; ${temp.join(' ')}
  server {
    listen 127.0.0.1:${port} backlog=16384;
    default_type application/json;
    location = /item { return 200 '${item}'; }
    location = /session { add_header Set-Cookie 'session=0123456789abcdef; Path=/'; return 200 '${item}'; }
    location = /body { root ${folder}; }
    location = /status { stub_status; }
  }
}
`
}

export async function startTarget(role: Role = 'target'): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'proofload-bench-target-'))
  // Started by root, nginx reads it as nobody.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const nginx = commandPath('nginx')
  writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, port))
  writeFileSync(join(folder, 'body'), Buffer.alloc(bodyBytes, 'proof'))
  const command = nginx ? [nginx, '-c', join(folder, 'nginx.conf')] : ownServer('static-server.ts', port)
  const name = nginx
    ? `nginx ${versionOf('nginx', ['-v'])}, one worker`
    : 'the static server of this project (nginx is not installed)'
  return started(name, pinned(role, command), { port, clear: () => rmSync(folder, { recursive: true, force: true }) })
}

/** A target as services are, which does a little for each answer. */
export async function startNodeTarget(role: Role): Promise<Target> {
  const port = await freePort()
  return started('a server of node:http', pinned(role, ownServer('node-server.ts', port)), { port, clear: () => undefined })
}

function ownServer(file: string, port: number): readonly string[] {
  return [process.execPath, '--import', 'tsx', join(import.meta.dirname, '..', 'servers', file), String(port)]
}

interface Place {
  readonly port: number
  readonly clear: () => void
}

async function started(name: string, command: readonly string[], { port, clear }: Place): Promise<Target> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const target: Target = {
    name,
    url,
    count: async () => {
      const text = await (await fetch(`${url}/status`)).text()
      const [, connections] = /Active connections: (\d+)/.exec(text) ?? []
      const [, requests] = /\d+ \d+ (\d+)/.exec(text) ?? []
      return { requests: Number(requests), connections: Number(connections) }
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      clear()
    },
  }
  for (let tries = 100; ; tries--) {
    if (child.exitCode !== null) throw new Error(`the target ended with status ${child.exitCode}`)
    const up = await target.count().then(
      () => true,
      () => false,
    )
    if (up) return target
    if (tries === 0) throw new Error('the target does not answer')
    await sleep(50)
  }
}

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server's address is never a string.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
