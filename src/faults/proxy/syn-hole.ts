import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** A port that listens and does not answer. */
export interface Hole {
  /** Whether SYNs really go unanswered: some kernels answer whatever happens. */
  readonly isDeep: boolean
  /** Nobody listens there any more. */
  fill(): Promise<void>
}

/** A thread that listens, with room for one, and never looks at who has come until it is woken. As text, because a thread cannot start from TypeScript. */
const program = `
const { createServer } = require('node:net')
const { parentPort, workerData: { host, port, gate } } = require('node:worker_threads')
const server = createServer((socket) => socket.destroy())
server.on('error', ({ message }) => parentPort.postMessage(message))
server.listen({ host, port, backlog: 1 }, () => {
  parentPort.postMessage('listening')
  setImmediate(() => {
    Atomics.wait(new Int32Array(gate), 0, 0)
    server.close()
  })
})
`
/** Connections that fit into the queue of one: the kernel takes one or two more than it was told. */
const mostFillers = 16
/** A connect on loopback that takes longer than that is not answered. */
const unansweredMs = 150

/**
 * The kernel drops SYNs while the queue of a listening socket is full (Linux: `tcp_conn_request`, `sk_acceptq_is_full`), and who connects tries again
 * after 1, 3, 7 … s. So: a listener that never accepts, and connections of our own in its queue.
 */
export async function digHole(host: string, port: number): Promise<Hole> {
  const gate = new SharedArrayBuffer(4)
  const thread = new Worker(program, { eval: true, workerData: { host, port, gate } })
  const exited = once(thread, 'exit')
  thread.unref()
  const [answer] = (await once(thread, 'message')) as [unknown] // whatever it is, it is compared
  if (answer !== 'listening') {
    await thread.terminate()
    throw new Error(String(answer))
  }
  const fillers: Socket[] = []
  let isDeep = false
  while (!isDeep && fillers.length < mostFillers) {
    const filler = connect({ host, port })
    filler.on('error', () => undefined)
    fillers.push(filler)
    isDeep = await Promise.race([
      once(filler, 'connect').then(
        () => false,
        () => false,
      ),
      sleep(unansweredMs, true),
    ])
  }
  return {
    isDeep,
    async fill() {
      Atomics.store(new Int32Array(gate), 0, 1)
      Atomics.notify(new Int32Array(gate), 0)
      for (const filler of fillers) filler.destroy()
      await exited
    },
  }
}
