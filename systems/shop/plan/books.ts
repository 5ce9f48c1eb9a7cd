import type { AuditHookContext, HttpContext, HttpResponse } from 'proofload'

const admin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }

/** Who cannot look at the books says what came instead of them. */
function readable(answer: HttpResponse, what: string): HttpResponse {
  if (answer.ok) return answer
  const text = answer.status === 0 ? '' : `: ${answer.text().slice(0, 200)}`
  throw new Error(`${what} cannot be read: ${answer.failureMessage ?? 'no answer'}${text}`)
}

/** Orders of earlier tests were looked at then. */
let lastOrder = 0

/** The keys of all kept orders since the last look. */
async function keptOrders(http: HttpContext): Promise<readonly string[]> {
  const kept: string[] = []
  for (;;) {
    const page = await http.get('/admin/orders', { query: { after: lastOrder }, headers: admin })
    const orders = readable(page, 'The list of orders').json<{ id: number; key: string }[]>()
    if (orders.length === 0) return kept
    kept.push(...orders.map(({ key }) => key).filter((key) => key.startsWith('kept ')))
    lastOrder = orders.at(-1)?.id ?? lastOrder
  }
}

interface Books {
  readonly holds: boolean
  readonly problems: readonly string[]
  /** What is on the shelves, and what was ordered. */
  readonly books: { readonly stock: number; readonly sold: number }
}

/** After each test with orders that must be there: which are, and do the books add up? */
export async function readTheBooks({ http, audit }: Pick<AuditHookContext, 'http' | 'audit'>): Promise<void> {
  const kept = await keptOrders(http)
  await audit.read(kept)
  const answer = await http.get('/admin/audit', { headers: admin })
  const { holds, problems, books } = readable(answer, 'The books').json<Books>()
  audit.invariant('the books add up', holds, problems)
  audit.total('sold', 200_000_000 - books.stock, books.sold - kept.length)
}
