import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { messageOf } from '../base/errors.ts'

const attemptMs = 2000

/** Asks once; empty when the answer is below 400, else what came instead. */
export function askOnce(url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const ask = url.protocol === 'https:' ? requestTls : request
    // A certificate of the target is judged by the requests of the plan; here only life is asked for.
    const outgoing = ask(
      url,
      { method: 'GET', agent: false, signal, timeout: attemptMs, rejectUnauthorized: false },
      (answer) => {
        const status = answer.statusCode ?? 0
        answer.destroy()
        resolve(status < 400 ? '' : `it answers ${status}`)
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${attemptMs} ms`)))
    outgoing.on('error', (error) => resolve(messageOf(error)))
    outgoing.end()
  })
}

/** Whether something accepts connections; empty when it does, else why not. */
export function connectOnce({ host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.setTimeout(attemptMs, () => socket.destroy(new Error(`no connection within ${attemptMs} ms`)))
    socket.on('connect', () => {
      socket.destroy()
      resolve('')
    })
    socket.on('error', (error) => resolve(messageOf(error)))
  })
}

export function addressOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) }
}
