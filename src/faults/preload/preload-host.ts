import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PreloadAction } from '../../model/process-fault.ts'
import type { UndoLog } from '../fault.ts'
import type { FaultPreload, PreloadLook } from '../places.ts'
import type { PreloadAnswer, PreloadHello, PreloadRequest } from './messages.ts'
import { lineReader } from './messages.ts'

/** A process may be blocked by what it was asked for, or by its own work. */
const answerMs = 10_000
/** Longest path that a socket in the file system can have (sun_path in unix(7)). */
const longestPath = 107

/** `Omit` that keeps the members of a union apart. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** What is wanted of every process, those that are yet to come included. */
interface Wanted {
  readonly action: PreloadAction
  readonly endsMs: number
}

/** Our end of the connections to the target's Node.js processes. */
export class PreloadHost implements FaultPreload {
  /** For the start of the target. */
  readonly settings: { readonly nodeOptions: string; readonly env: Readonly<Record<string, string>> }
  readonly #server: Server
  readonly #folder: string
  readonly #undo: UndoLog
  readonly #processes = new Map<Socket, PreloadedProcess>()
  readonly #wanted = new Map<string, Wanted>()

  constructor(server: Server, folder: string, undo: UndoLog) {
    this.#server = server
    this.#folder = folder
    this.#undo = undo
    this.settings = { nodeOptions: nodeOptions(), env: { PROOFLOAD_PRELOAD: join(folder, 'socket') } }
    server.on('connection', (socket) => this.#greet(socket))
  }

  pids(): readonly number[] {
    return [...this.#processes.values()].map(({ pid }) => pid)
  }

  async begin(id: string, action: PreloadAction, lifeMs: number): Promise<void> {
    this.#wanted.set(id, { action, endsMs: performance.now() + lifeMs })
    await this.#all({ kind: 'begin', id, action, lifeMs })
  }

  async end(id: string): Promise<void> {
    this.#wanted.delete(id)
    await this.#all({ kind: 'end', id })
  }

  look(id: string): Promise<readonly PreloadLook[]> {
    return this.#all({ kind: 'look', id })
  }

  /** What is at work in the processes ends with the connections to them. */
  async close(): Promise<void> {
    for (const socket of this.#processes.keys()) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
    rmSync(this.#folder, { recursive: true, force: true })
    this.#undo.removeFolder(this.#folder)
  }

  #all(request: Without<PreloadRequest, 'request'>): Promise<PreloadLook[]> {
    return Promise.all([...this.#processes.values()].map((each) => each.ask(request)))
  }

  #greet(socket: Socket): void {
    socket.unref()
    socket.setEncoding('utf8')
    socket.on('error', () => undefined)
    let known: PreloadedProcess | undefined
    const read = lineReader((line) => {
      const said: unknown = JSON.parse(line)
      if (known !== undefined)
        known.hear(said as PreloadAnswer) // written by `conductor.ts` of the same version
      else {
        known = new PreloadedProcess(socket, (said as PreloadHello).pid) // written by `preload.cts` of the same version
        this.#processes.set(socket, known)
        for (const [id, { action, endsMs }] of this.#wanted)
          void known.ask({ kind: 'begin', id, action, lifeMs: Math.max(0, endsMs - performance.now()) })
      }
    })
    socket.on('data', (text) => {
      try {
        read(String(text))
      } catch {
        // Not one of ours.
        socket.destroy()
      }
    })
    socket.on('close', () => {
      this.#processes.delete(socket)
      known?.forget()
    })
  }
}

/** A process of the target, while it is connected. */
class PreloadedProcess {
  readonly pid: number
  readonly #socket: Socket
  readonly #asked = new Map<number, (look: PreloadLook) => void>()
  #requests = 0

  constructor(socket: Socket, pid: number) {
    this.#socket = socket
    this.pid = pid
  }

  ask(request: Without<PreloadRequest, 'request'>): Promise<PreloadLook> {
    const number = ++this.#requests
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#answer(number, false, `it did not answer within ${answerMs / 1000} s`), answerMs)
      late.unref()
      this.#asked.set(number, (look) => {
        clearTimeout(late)
        resolve(look)
      })
      this.#socket.write(`${JSON.stringify({ request: number, ...request })}\n`)
    })
  }

  hear({ request, active, evidence }: PreloadAnswer): void {
    this.#answer(request, active, evidence)
  }

  forget(): void {
    for (const number of [...this.#asked.keys()]) this.#answer(number, false, 'it has ended')
  }

  #answer(number: number, active: boolean, evidence: string): void {
    this.#asked.get(number)?.({ pid: this.pid, active, evidence })
    this.#asked.delete(number)
  }
}

/** Opens the place where the target's processes will come to: in a folder of this user's alone, with a name that cannot be guessed. */
export async function openPreload(undo: UndoLog): Promise<PreloadHost> {
  const name = `proofload-preload-${randomBytes(9).toString('hex')}`
  const folder = [tmpdir(), '/tmp']
    .map((place) => join(place, name))
    .find((path) => path.length + '/socket'.length <= longestPath)
  if (folder === undefined) throw new Error('the folder for temporary files has too long a name for a socket in it')
  undo.addFolder(folder)
  mkdirSync(folder, { mode: 0o700 })
  const server = createServer().listen(join(folder, 'socket'))
  server.unref()
  await once(server, 'listening')
  chmodSync(join(folder, 'socket'), 0o600)
  return new PreloadHost(server, folder, undo)
}

/** Quoted as Node.js reads NODE_OPTIONS: in double quotes, with a backslash before what would end them. */
function nodeOptions(): string {
  const here = import.meta.url
  const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  if (!here.endsWith('.ts')) return `--require ${quoted(fileURLToPath(new URL('./preload.cjs', here)))}`
  // From the sources (our own tests) it needs a loader for TypeScript, and comes after it; the loader's own thread, which has none, must not import it.
  const require = createRequire(here)
  const loader = `--require ${quoted(require.resolve('tsx/cjs'))} --import ${quoted(new URL(`file://${require.resolve('tsx')}`).href)}`
  const inMainThread = `import{isMainThread}from'node:worker_threads';if(isMainThread)await import('${new URL('./preload.cts', here).href}')`
  return `${loader} --import ${quoted(`data:text/javascript,${encodeURIComponent(inMainThread)}`)}`
}
