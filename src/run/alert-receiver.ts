import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf } from '../base/errors.ts'
import type { ToldAlert } from './read-alerts.ts'
import { readAlerts } from './read-alerts.ts'

export interface AlertReceiver {
  /** Where the target sends its alerts. */
  readonly url: string
  close(): Promise<void>
}

export interface AlertReceiverOptions {
  readonly told: (alert: ToldAlert) => void
  readonly warn: (text: string) => void
}

const largestBody = 256 * 1024
const mostConnections = 64
const patienceMs = 5000
/** Of one run: a target that repeats itself fills no disk. */
const mostAlerts = 20_000
const mostWarnings = 5

/** A webhook on this machine for the time of a run. What the target sends is data of somebody else: bounded in length, number and time, and never trusted. */
export async function openAlertReceiver({ told, warn }: AlertReceiverOptions): Promise<AlertReceiver> {
  let left = mostAlerts
  let warnings = mostWarnings
  const refuse = (answer: ServerResponse, status: number, why: string): void => {
    if (warnings-- > 0) warn(`The receiver of alerts was sent something that it cannot read: ${why}.`)
    answer.writeHead(status, { connection: 'close' }).end()
  }
  const receive = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return refuse(answer, 405, `a ${request.method ?? 'request'}; alerts are posted`)
    const body = await bodyOf(request)
    if (body === undefined) return refuse(answer, 413, `more than ${largestBody} bytes`)
    const alerts = readAlerts(parsed(body))
    if (alerts === undefined)
      return refuse(answer, 400, 'neither the webhook of Alertmanager nor `{ name, status }` with the status firing or resolved')
    for (const alert of alerts) {
      if (left === 0) warn(`More than ${mostAlerts} alerts were sent: what follows is not recorded.`)
      if (left-- > 0) told(alert)
    }
    answer.writeHead(204).end()
  }
  const server = createServer({ requestTimeout: patienceMs, headersTimeout: patienceMs }, (request, answer) => {
    receive(request, answer).catch((thrown: unknown) => refuse(answer, 400, messageOf(thrown)))
  })
  server.maxConnections = mostConnections
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has no other address
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Undefined where it is too long; the rest is not read. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > largestBody) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
