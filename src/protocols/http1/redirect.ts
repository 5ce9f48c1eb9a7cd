import type { HttpResponse } from '../../model/http-context.ts'
import type { Exchange } from './exchange.ts'
import type { OutgoingBody } from './outgoing-body.ts'
import type { PreparedRequest, RequestBook } from './target.ts'

interface Hop {
  readonly request: PreparedRequest
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly body: OutgoingBody | undefined
}

const toGet = new Set([301, 302, 303])
const keepMethod = new Set([307, 308])
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie'])

/**
 * Where a redirect leads (RFC 9110 section 15.4): 301, 302 and 303 become GET (HEAD stays HEAD), 307 and 308 keep method and body.
 * Undefined: the answer is no redirect that can be followed. Throws HOST_NOT_ALLOWED.
 */
export function nextHop(
  exchange: Exchange,
  answer: HttpResponse,
  visited: string[],
  book: RequestBook,
): Hop | { readonly refused: string } | undefined {
  const { status } = answer
  const location = answer.headers['location']
  if (location === undefined || !(toGet.has(status) || keepMethod.has(status))) return undefined
  const from = exchange.request
  let url: URL
  try {
    url = new URL(location, from.url)
  } catch {
    return { refused: `the redirect leads to "${location.slice(0, 200)}", which is no URL` }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { refused: `the redirect leads to "${location.slice(0, 200)}", which is not HTTP` }
  url.hash = ''
  const keeps = keepMethod.has(status)
  const method = keeps || from.method === 'HEAD' ? from.method : 'GET'
  const step = `${method} ${url.href}`
  visited.push(`${from.method} ${from.href}`)
  if (visited.includes(step)) return { refused: `the redirects go in a circle: ${[...visited, step].join(' → ')}` }
  if (exchange.redirects >= exchange.rules.redirects)
    return { refused: `more than ${exchange.rules.redirects} redirects, the last one to ${url.href}` }
  if (keeps && exchange.body?.kind === 'stream' && !exchange.body.again)
    return { refused: `a streamed body cannot be sent again after status ${status}` }
  const request = book.find(method, url.href)
  const sameOrigin = request.origin === from.origin
  return { request, headers: hopHeaders(exchange.rules.headers, { sameOrigin, keeps }), body: keeps ? exchange.body : undefined }
}

function hopHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  { sameOrigin, keeps }: { readonly sameOrigin: boolean; readonly keeps: boolean },
): Readonly<Record<string, string>> | undefined {
  if (headers === undefined) return undefined
  const entries = Object.entries(headers).filter(([name]) => {
    const lower = name.toLowerCase()
    if (!sameOrigin && (secretHeaders.has(lower) || lower === 'host')) return false
    return keeps || !lower.startsWith('content-')
  })
  return Object.fromEntries(entries)
}
