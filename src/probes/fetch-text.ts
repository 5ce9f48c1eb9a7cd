import type { Agent, IncomingMessage } from 'node:http'
import { get } from 'node:http'
import { get as getTls } from 'node:https'

const largestPage = 4 * 1024 * 1024

export interface FetchOptions {
  readonly agent: Agent
  readonly patienceMs: number
}

/** The text of a page. A kept connection that the other side has closed meanwhile is no failure of the page: it is asked for once more. */
export async function fetchText(url: URL, options: FetchOptions): Promise<string> {
  try {
    return await fetchOnce(url, options)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    return fetchOnce(url, options)
  }
}

class StaleConnection extends Error {}

function fetchOnce(url: URL, { agent, patienceMs }: FetchOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:'
    const headers = { accept: 'text/plain;version=0.0.4' }
    const signal = AbortSignal.timeout(patienceMs)
    // The certificate is the business of the plan's requests; here the page is only read.
    const options = { headers, signal }
    const request = isTls ? getTls(url, { ...options, rejectUnauthorized: false }) : get(url, { ...options, agent })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(new Error(`no answer within ${patienceMs / 1000} s`))
      else if (request.reusedSocket && error.code === 'ECONNRESET') reject(new StaleConnection(error.message))
      else reject(error)
    })
    request.on('response', (answer) => readAnswer(answer, { resolve, reject }))
  })
}

function readAnswer(
  answer: IncomingMessage,
  { resolve, reject }: { readonly resolve: (text: string) => void; readonly reject: (error: Error) => void },
): void {
  if (answer.statusCode !== 200) {
    answer.destroy()
    reject(new Error(`it answers ${answer.statusCode ?? 0}`))
    return
  }
  const parts: Buffer[] = []
  let bytes = 0
  answer.on('error', reject)
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    parts.push(chunk)
    if (bytes > largestPage) answer.destroy(new Error(`it is larger than ${largestPage} bytes`))
  })
  answer.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
}
