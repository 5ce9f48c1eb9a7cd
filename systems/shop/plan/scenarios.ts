import { csv, scenario, type HttpContext, type ScenarioContext } from 'proofload'

const accounts = csv<{ email: string; password: string }>('accounts.csv') // one row per virtual user, never shared by two

/** Customers that stay logged in: they are not in accounts.csv. */
export const remembered = Array.from({ length: 40 }, (_, index) => ({
  email: `customer${301 + index}@shop.example`,
  password: 'correct-horse',
}))

/** What `setup` gives to all users. */
export interface Shared {
  readonly tokens: readonly string[]
}

/** 20,000 products, the early ones far more popular: a quarter of them takes two thirds of the views. */
const anyProduct = (random: number): number => 1 + Math.floor(20_000 * random ** 3)

const words = ['amber', 'birch', 'copper', 'dusk', 'ember', 'fjord', 'grove', 'harbour', 'iris', 'juniper'] as const
const anyWord = (random: number): string => words[Math.floor(words.length * random)] ?? words[0]

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Log-in costs the target 40 ms of CPU on purpose, so that everybody does it once. */
export async function logIn(http: HttpContext, account: { email: string; password: string }): Promise<string> {
  const answer = await http.post('/login', { json: account })
  if (!answer.ok) throw new Error(`log-in of ${account.email} failed: ${answer.failureMessage ?? answer.status}`)
  return answer.json<{ token: string }>().token
}

/** The popular list or a category, then two products of it. */
export const browse = scenario(async ({ http, vu, check, think }) => {
  const path = vu.random() < 0.5 ? '/products' : `/products?category=category-${Math.floor(40 * vu.random())}`
  const list = await http.get(path, { name: 'GET /products' })
  const products = list.ok ? list.json<{ id: number }[]>() : []
  check('twenty products are listed', products.length === 20)
  for (let visit = 0; visit < 2; visit += 1) {
    await think('100ms', '400ms')
    const id = vu.random() < 0.3 ? products[visit]?.id : undefined
    const page = await http.get(`/products/${id ?? anyProduct(vu.random())}`)
    check('the page has a name', page.ok && page.json<{ name: string }>().name !== '')
  }
})

/** Looks for something by name, then at two of what was found. */
export const search = scenario(async ({ http, vu, check, think }) => {
  const q = `${anyWord(vu.random())} `
  const found = await http.get('/products/search', { name: 'GET /products/search', query: { q } })
  const products = found.ok ? found.json<{ id: number; name: string }[]>() : []
  // Who gets no answer does not ask again at once.
  if (!found.ok) await think('500ms', '1s')
  check('what was found has the name', products.length === 20 && products.every(({ name }) => name.toLowerCase().startsWith(q)))
  for (const { id } of products.slice(0, 2)) {
    await think('100ms', '400ms')
    await http.get(`/products/${id + 80 * Math.floor(240 * vu.random())}`, { expect: [200, 404] })
  }
})

async function order({ http, vu, check, think, step }: ScenarioContext<unknown, Shared>, token: string): Promise<void> {
  const productId = anyProduct(vu.random())
  await http.get(`/products/${productId}`)
  await think('100ms', '400ms')
  await step('checkout', async () => {
    const headers = bearer(token)
    const placed = await http.post('/orders', { json: { productId, quantity: 1 }, headers })
    if (!check('the order is accepted', placed.status === 201)) return
    const { id } = placed.json<{ id: number }>()
    const read = await http.get(`/orders/${id}`, { headers })
    check('the order can be read back', read.ok && read.json<{ productId: number }>().productId === productId)
  })
}

/** Logs in once and orders again and again. */
export const buy = scenario<string, Shared>({
  start: ({ http, vu }) => logIn(http, vu.row(accounts)),
  async run(context) {
    await order(context, context.vu.state)
    await context.think('100ms', '400ms')
  },
})

/** Where every arrival is a new user, the token of an earlier log-in is used. */
export const buyRemembered = scenario<Shared>(async (context) => {
  const { tokens } = context.vu.shared
  await order(context, tokens[context.vu.id % tokens.length] ?? '')
})

/** Orders one of a product under a key of the customer's own, which the audit looks for when all is quiet again. */
async function orderKept({ http, vu, audit }: ScenarioContext<unknown, Shared>, productId: number): Promise<void> {
  const { tokens } = vu.shared
  const headers = bearer(tokens[vu.id % tokens.length] ?? '')
  const key = `kept ${crypto.randomUUID()}`
  await audit.add('sold', 1, () => audit.write(key, () => http.post('/orders', { json: { key, productId }, headers })))
}

export const buyKept = scenario<Shared>((context) => orderKept(context, anyProduct(context.vu.random())))

/** The day of the sale: everybody wants one of three products. */
export const sale = scenario<Shared>((context) => orderKept(context, 1 + Math.floor(3 * context.vu.random())))

const receipt = 'One line of a receipt, repeated.\n'.repeat(512)

/** Looks at old orders; now and then uploads a receipt and reads it again. */
export const account = scenario<string, Shared>({
  start: ({ http, vu }) => logIn(http, vu.row(accounts)),
  async run({ http, vu, check, think }) {
    const headers = bearer(vu.state)
    const orders = await http.get('/orders', { headers })
    check('orders are a list', orders.ok && Array.isArray(orders.json()))
    await think('100ms', '400ms')
    if (vu.random() > 0.2) return
    const file = { content: receipt, filename: 'receipt.txt', type: 'text/plain' }
    const stored = await http.post('/files', { multipart: { file }, headers })
    if (!check('the receipt is stored', stored.status === 201)) return
    const read = await http.get(`/files/${stored.json<{ id: string }>().id}`)
    check('the receipt comes back whole', read.ok && read.text() === receipt)
    await think('100ms', '400ms')
  },
})

/** Small and large files in turn; a large one may be refused for want of room, but never half kept. */
export const upload = scenario<Shared>(async ({ http, vu, check }) => {
  const headers = bearer(vu.shared.tokens[vu.id % vu.shared.tokens.length] ?? '')
  const content = vu.id % 2 === 0 ? receipt : receipt.repeat(10)
  const file = { content, filename: 'receipt.txt', type: 'text/plain' }
  const stored = await http.post('/files', { multipart: { file }, headers, expect: [201, 507] })
  check('small files are stored', content !== receipt || stored.status === 201)
  if (stored.status !== 201) return
  const read = await http.get(`/files/${stored.json<{ id: string }>().id}`)
  check('what is stored comes back whole', read.ok && read.text() === content)
})

/** The visits of the stress tests: nobody logs in, so that what is found is the capacity of the shop and not that of its password hash. */
export const visits = { browse: 65, search: 25, buyRemembered: 10 }
