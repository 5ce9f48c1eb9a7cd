import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf } from '../../../base/errors.ts'
import type { HostPort } from './address.ts'
import { Api } from './api.ts'
import type { ApiAnswer } from './api.ts'
import { ApiError } from './api-error.ts'

export interface ToxiproxyOptions {
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
  /** Hosts besides this machine that the user declares to own. */
  readonly iOwn: readonly string[]
}

export interface Toxiproxy {
  readonly address: HostPort
  /** Ends the API and every proxy that was made by it. */
  close(): Promise<void>
}

const mostBodyBytes = 1024 * 1024

/** Our proxy, spoken to in Toxiproxy's HTTP API. */
export async function serveToxiproxy({ host, port, iOwn }: ToxiproxyOptions): Promise<Toxiproxy> {
  const api = new Api(iOwn)
  // One request after the other: two that change the same proxy do not meet.
  let last: Promise<unknown> = Promise.resolve()
  const server = createServer((request, response) => {
    last = last.then(() => answer(api, request, response))
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    address: { host, port: (server.address() as AddressInfo).port }, // it listens at a port, not at a path
    async close() {
      server.close()
      server.closeAllConnections()
      await last
      await api.close()
    },
  }
}

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await outcome(api, request)
  if (body === undefined) response.writeHead(status).end()
  else response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

async function outcome(api: Api, request: IncomingMessage): Promise<ApiAnswer> {
  try {
    // A page in somebody's browser is not to break things here (Toxiproxy does the same).
    if (request.headers['user-agent']?.startsWith('Mozilla/') === true) throw new ApiError(403, 'User agent not allowed')
    const path = (request.url ?? '').split('?')[0]?.split('/').filter(Boolean).map(decodeURIComponent) ?? []
    return await api.answer({ method: request.method ?? '', path, body: () => bodyOf(request) })
  } catch (thrown) {
    const status = thrown instanceof ApiError ? thrown.status : 500
    return { status, body: { error: messageOf(thrown), status } }
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBodyBytes) throw new ApiError(413, 'request body too large')
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown
  } catch {
    throw new ApiError(400, 'bad request body: expected JSON')
  }
}
