import type { Links } from './links.ts'
import type { Request } from './proxy-messages.ts'

/** Does what the main thread asks of the proxy. */
export async function answerRequest(links: Links, request: Request): Promise<unknown> {
  switch (request.type) {
    case 'open':
      return (await links.open(request.spec)).address
    case 'shut':
      return links.shut(request.link)
    case 'add':
      return links.get(request.link).add(request.toxic)
    case 'remove':
      return links.get(request.link).remove(request.id)
    case 'look':
      return links.get(request.link).look()
    case 'close':
      return links.close()
  }
}
