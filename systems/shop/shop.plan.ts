import { csv, env, fault, plan, scenario, service, type Fault, type HttpContext, type ScenarioContext } from 'proofload'

const accounts = csv<{ email: string; password: string }>('accounts.csv') // one row per virtual user, never shared by two

/** Customers that stay logged in: they are not in accounts.csv. */
const remembered = Array.from({ length: 40 }, (_, index) => ({
  email: `customer${301 + index}@shop.example`,
  password: 'correct-horse',
}))

interface Shared {
  readonly tokens: readonly string[]
}

/** 20,000 products, the early ones far more popular: a quarter of them takes two thirds of the views. */
const anyProduct = (random: number): number => 1 + Math.floor(20_000 * random ** 3)

const words = ['amber', 'birch', 'copper', 'dusk', 'ember', 'fjord', 'grove', 'harbour', 'iris', 'juniper'] as const
const anyWord = (random: number): string => words[Math.floor(words.length * random)] ?? words[0]

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Log-in costs the target 40 ms of CPU on purpose, so that everybody does it once. */
async function logIn(http: HttpContext, account: { email: string; password: string }): Promise<string> {
  const answer = await http.post('/login', { json: account })
  if (!answer.ok) throw new Error(`log-in of ${account.email} failed: ${answer.failureMessage ?? answer.status}`)
  return answer.json<{ token: string }>().token
}

/** The popular list or a category, then two products of it. */
const browse = scenario(async ({ http, vu, check, think }) => {
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
const search = scenario(async ({ http, vu, check, think }) => {
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
const buy = scenario<string, Shared>({
  start: ({ http, vu }) => logIn(http, vu.row(accounts)),
  async run(context) {
    await order(context, context.vu.state)
    await context.think('100ms', '400ms')
  },
})

/** Where every arrival is a new user, the token of an earlier log-in is used. */
const buyRemembered = scenario<Shared>(async (context) => {
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

const buyKept = scenario<Shared>((context) => orderKept(context, anyProduct(context.vu.random())))

/** The day of the sale: everybody wants one of three products. */
const sale = scenario<Shared>((context) => orderKept(context, 1 + Math.floor(3 * context.vu.random())))

const receipt = 'One line of a receipt, repeated.\n'.repeat(512)

/** Looks at old orders; now and then uploads a receipt and reads it again. */
const account = scenario<string, Shared>({
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

/** The visits of the stress tests: nobody logs in, so that what is found is the capacity of the shop and not that of its password hash. */
const visits = { browse: 65, search: 25, buyRemembered: 10 }

/** A stress test is there to fill the CPU of its target; what must not come to harm is the machine. */
const protectTheMachine = ['host.memory > 90%', 'target.memory > 1GB']

/** Small and large files in turn; a large one may be refused for want of room, but never half kept. */
const upload = scenario<Shared>(async ({ http, vu, check }) => {
  const headers = bearer(vu.shared.tokens[vu.id % vu.shared.tokens.length] ?? '')
  const content = vu.id % 2 === 0 ? receipt : receipt.repeat(10)
  const file = { content, filename: 'receipt.txt', type: 'text/plain' }
  const stored = await http.post('/files', { multipart: { file }, headers, expect: [201, 507] })
  check('small files are stored', content !== receipt || stored.status === 201)
  if (stored.status !== 201) return
  const read = await http.get(`/files/${stored.json<{ id: string }>().id}`)
  check('what is stored comes back whole', read.ok && read.text() === content)
})

/** What runs while something is broken: more of what needs the payment service. */
const kept = { browse: 60, search: 15, buyKept: 25 }

/** Arrives evenly, so that a second with fewer good answers than the others is the fault's doing. */
const steadily = { rate: '30/s', process: 'uniform' } as const

/** When nobody can pay, whoever only looks must not notice, and whoever wants to pay is told soon. */
const othersAreFine = [
  'errors(GET /products) < 1%',
  'errors(GET /products/:id) < 1%',
  'errors(GET /products/search) < 1%',
  'max(POST /orders) < 5s',
]

const nothingIsLost = ['lost = 0', 'duplicates = 0', 'counters = 0', 'invariants = 0']

interface BrokenOptions {
  readonly length?: string
  readonly objectives?: readonly string[]
}

/** The same load before, while and after something is broken: all must be as before within half a minute, and nothing that was acknowledged may be gone. */
const broken = (what: Fault, { length = '10s', objectives = [] }: BrokenOptions = {}) => ({
  suite: 'faults',
  arrivals: steadily,
  mix: kept,
  for: '90s',
  faults: [{ at: '30s', for: length, fault: what }],
  objectives: ['recovery < 30s', ...nothingIsLost, ...objectives],
  stopWhen: protectTheMachine,
  // Not recovered by the end is "longer than the rest of the test", so the limit is shorter than that rest.
  quick: {
    for: '42s',
    faults: [{ at: '10s', for: length, fault: what }],
    objectives: ['recovery < 20s', ...nothingIsLost, ...objectives],
  },
})

/** Thirty users, then three hundred, then thirty again: what was too much must not be felt afterwards. */
const tooMany = ({ hold, afterwards }: { hold: string; afterwards: string }) => [
  { to: 30, over: '2s' },
  { hold },
  { to: 300, over: '1s' },
  { hold },
  { to: 30, over: '3s' },
  { hold: afterwards, name: 'afterwards' },
]
const wellAgain = ['errors < 1% during afterwards', 'p95 < 100ms during afterwards']

const admin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }

/** Orders of earlier tests were looked at then. */
let lastOrder = 0

/** The keys of all kept orders since the last look. */
async function keptOrders(http: HttpContext): Promise<readonly string[]> {
  const kept: string[] = []
  for (;;) {
    const page = await http.get('/admin/orders', { query: { after: lastOrder }, headers: admin })
    const orders = page.json<{ id: number; key: string }[]>()
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

/** Two runs at once need two ports: `SHOP_PORT=18081 npx proofload run …`. */
const port = env('SHOP_PORT', { default: '18080', secret: false })

export default plan({
  services: {
    db: service.postgres({ maxConnections: 50 }),
    // Not the shop's own: it can be slow, down or overloaded. 32 at once for 40 ms each are 800 payments a second.
    payments: service.process({ start: 'node dist/systems/shop/payments/main.js', ready: '/health' }),
  },
  target: {
    url: `http://127.0.0.1:${port}`,
    start: 'node dist/systems/shop/main.js',
    // With one secret for all its starts, a log-in outlives a restart: each stress test has a fresh target, and a search starts one that died again.
    env: ({ db, payments }) => ({
      DATABASE_URL: db.url,
      PAYMENTS_URL: payments.url,
      PORT: port,
      SHOP_TOKEN_SECRET: 'tokens of this secret open a shop on loopback only',
    }),
    ready: '/health',
    metrics: '/metrics',
  },
  async setup({ http }): Promise<Shared> {
    return { tokens: await Promise.all(remembered.map((customer) => logIn(http, customer))) }
  },
  // After each test with orders that must be there: which are, and do the books add up?
  async audit({ http, audit }) {
    const kept = await keptOrders(http)
    await audit.read(kept)
    const answer = await http.get('/admin/audit', { headers: admin })
    const { holds, problems, books } = answer.json<Books>()
    audit.invariant('the books add up', holds, problems)
    audit.total('sold', 200_000_000 - books.stock, books.sold - kept.length)
  },
  scenarios: { browse, search, buy, account, buyRemembered, buyKept, sale, upload },
  mix: { browse: 60, search: 20, buy: 12, account: 8, buyRemembered: 0, buyKept: 0, sale: 0, upload: 0 },
  objectives: ['p95 < 100ms', 'errors < 1%', 'target.cpu < 70%', 'target.memory < 400MB'],
  stopWhen: ['target.memory > 1GB', 'target.cpu > 95% for 10s', 'errors > 50% for 5s', 'host.memory > 90%'],
  // The warm-up leaves out the log-ins that all users make at once when they begin.
  tests: {
    // One user of each kind.
    smoke: {
      suite: 'load',
      users: 5,
      for: '30s',
      warmup: '2s',
      mix: { browse: 1, search: 1, buy: 1, account: 1, buyRemembered: 1 },
      quick: { for: '15s' },
    },
    '50 users': { suite: 'load', users: 50, for: '1m', warmup: '5s', quick: { for: '15s', warmup: '3s' } },
    '100 users': {
      suite: 'load',
      users: 100,
      for: '3m',
      warmup: '20s',
      // Long enough to see growth: the product cache may still fill by 10 MB or so, a leak goes on.
      objectives: { extend: ['target.memory.growth < 200kB/s'] },
      quick: { for: '20s', warmup: '4s', objectives: { extend: [] } },
    },
    // Every visit makes three requests: 334 new visitors a second are 1,000 requests a second.
    '1000 requests/s': {
      suite: 'load',
      arrivals: [{ to: '334/s', over: '5s' }, { hold: '2m' }],
      warmup: '8s',
      mix: visits,
      quick: { arrivals: [{ to: '334/s', over: '3s' }, { hold: '20s' }], warmup: '5s' },
    },
    // Up the stairs until it breaks. What 100 users are promised holds; what more of them get is to be slow, but no errors.
    staircase: {
      suite: 'stress',
      steps: { users: [100, 200, 300, 500, 750, 1_000], each: '30s' },
      mix: visits,
      objectives: ['p95 < 100ms during 100 users', 'errors < 1%'],
      stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
      quick: { steps: { users: [100, 200, 300, 500], each: '4s' } },
    },
    // How many visits a second one core carries, and what happens beyond that. PostgreSQL and the generator have the other cores.
    capacity: {
      suite: 'stress',
      limits: { cpus: 1 },
      capacity: { from: '50/s', to: '2000/s' },
      overload: [1.25, 1.5, 2, 3, 5],
      peak: '100/s',
      mix: visits,
      objectives: ['p95 < 100ms', 'errors < 1%', 'headroom > 30%'],
      stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
      quick: { capacity: { quick: true, minTrial: '2s', settle: '3s', within: '12%' }, overload: [3], overloadFor: '2s' },
    },
    // The same in people who wait for their answers before they go on.
    'capacity by users': {
      suite: 'stress',
      limits: { cpus: 1 },
      capacity: { from: 25, to: 2_000 },
      peak: 50,
      mix: visits,
      objectives: ['p95 < 100ms', 'errors < 1%', 'headroom > 30%'],
      stopWhen: [...protectTheMachine, 'errors > 50% for 5s'],
      quick: { capacity: { quick: true, from: 50, minTrial: '2s', settle: '3s', within: '15%' } },
    },
    // Too many connections for the files that it may open, and then few again.
    'few files': {
      suite: 'stress',
      limits: { files: 150 },
      users: tooMany({ hold: '30s', afterwards: '40s' }),
      mix: visits,
      objectives: wellAgain,
      stopWhen: protectTheMachine,
      quick: { users: tooMany({ hold: '3s', afterwards: '6s' }) },
    },
    // The same with as little memory as a small container has.
    'little memory': {
      suite: 'stress',
      limits: { memory: '256MiB' },
      users: tooMany({ hold: '30s', afterwards: '40s' }),
      mix: visits,
      objectives: [...wellAgain, 'target.memory < 240MB'],
      stopWhen: protectTheMachine,
      quick: { users: tooMany({ hold: '3s', afterwards: '6s' }) },
    },
    // Neighbours that take the processor for a while.
    'busy machine': {
      suite: 'stress',
      arrivals: '40/s',
      for: '90s',
      faults: [{ at: '20s', for: '30s', fault: fault.cpu({ cores: 2, share: '80%' }) }],
      mix: visits,
      objectives: ['errors < 1%', 'p95 < 100ms during after'],
      stopWhen: protectTheMachine,
      quick: { for: '19s', faults: [{ at: '5s', for: '4s', fault: fault.cpu({ cores: 2, share: '80%' }) }] },
    },
    'database outage': broken(fault.down('db')),
    'database slow': broken(fault.latency('db', '200ms', { direction: 'down' })),
    'pool exhausted': broken(fault.exhaustPool('db')),
    'payments down': broken(fault.down('payments'), { objectives: othersAreFine }),
    // As seen on the way to it: who is asked again and again, and how often?
    'payments failing': broken(fault.status('payments', 500), { objectives: othersAreFine }),
    'payments slow': broken(fault.latency('payments', '2s'), { objectives: othersAreFine }),
    // Its answers vanish, and nothing is closed: who has no limit of time waits for ever.
    'payments silent': broken(fault.blackhole('payments', { direction: 'down' }), { objectives: othersAreFine }),
    'payment breaker': {
      suite: 'faults',
      arrivals: { rate: '40/s', process: 'uniform' },
      mix: { buyKept: 1 },
      for: '3m',
      objectives: ['breaker(payments) = ok', ...nothingIsLost],
      stopWhen: protectTheMachine,
      quick: { for: '75s' },
    },
    // Whoever starts it again needs two seconds to notice.
    killed: broken(fault.kill('target'), { length: '2s' }),
    restarted: broken(fault.restart('target')),
    'network cut': broken(fault.cut('target'), { length: '5s' }),
    'network flapping': broken(fault.flap('target', { up: '1500ms', down: '500ms' })),
    // A disk that takes no file of more than 64 kB (RLIMIT_FSIZE): a larger upload is refused and leaves nothing, a smaller one is kept.
    'no room for files': {
      suite: 'faults',
      limits: { fileSize: '64kB' },
      arrivals: '5/s',
      for: '30s',
      mix: { upload: 1 },
      objectives: ['errors < 1%', 'checks > 99.9%'],
      stopWhen: protectTheMachine,
      quick: { for: '8s' },
    },
    // Everybody buys the same at the same moment, and the stock must add up.
    sale: {
      suite: 'faults',
      arrivals: '25/s',
      for: '30s',
      mix: { sale: 1 },
      objectives: ['errors < 1%', ...nothingIsLost],
      stopWhen: protectTheMachine,
      quick: { for: '8s' },
    },
    // Half an hour of a load that it must bear for months: a leak is told from a cache that fills up.
    soak: {
      suite: 'soak',
      arrivals: '100/s',
      for: '30m',
      warmup: '1m',
      mix: visits,
      objectives: ['p95 < 100ms', 'errors < 1%'],
      quick: { arrivals: '300/s', for: '75s', warmup: '5s' },
    },
  },
})
