import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultLink } from '../places.ts'
import { probeHost } from './probe-host.ts'

/** What became of a connection of our own through a link, whose other end says again what it is told. */
export interface Seen {
  /** `connected`, `unanswered`, or the error's code. */
  readonly connect: string
  readonly answer: Buffer
  /** Pieces in which the answer came. */
  readonly pieces: number
  /** From the question until all of the answer was there, or the connection ended, or the patience was over. */
  readonly elapsedMs: number
  /** How it ended, where it did. */
  readonly end: 'end' | 'reset' | undefined
}

export interface LookOptions {
  readonly say?: Buffer
  /** How long it waits for an answer, or an end. */
  readonly patienceMs: number
  /** Says that it is done after what it says, and waits for the other end to be done as well. */
  readonly untilEnd?: boolean
  /** Waits for the end also when the answer is complete. */
  readonly andEnd?: boolean
}

const connectMs = 500

/** The proxy knows such a connection by its address, brings it to no upstream, and does not count it. */
export async function lookThrough({ host, port }: FaultLink['address'], options: LookOptions): Promise<Seen> {
  const { say = Buffer.alloc(0), patienceMs, untilEnd = false, andEnd = untilEnd } = options
  const socket = connect({ host, port, localAddress: probeHost, allowHalfOpen: true, noDelay: true })
  const pieces: Buffer[] = []
  let bytes = 0
  let end: Seen['end']
  const over = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      pieces.push(chunk)
      bytes += chunk.length
      if (bytes >= say.length && !andEnd) resolve()
    })
    socket.on('end', () => {
      end ??= 'end'
      resolve()
    })
    socket.on('error', () => {
      end ??= 'reset'
      resolve()
    })
  })
  const tried = once(socket, 'connect').then(
    () => 'connected',
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'error', // errors of a socket have a code
  )
  const late = new AbortController()
  try {
    const outcome = await Promise.race([tried, sleep(connectMs, 'unanswered', { signal: late.signal })])
    const startMs = performance.now()
    if (outcome === 'connected') {
      if (untilEnd) socket.end(say)
      else if (say.length > 0) socket.write(say)
      await Promise.race([over, sleep(patienceMs, undefined, { signal: late.signal })])
    }
    return { connect: outcome, answer: Buffer.concat(pieces), pieces: pieces.length, elapsedMs: performance.now() - startMs, end }
  } finally {
    late.abort()
    socket.destroy()
  }
}
