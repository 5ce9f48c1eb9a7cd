// The service under test of the examples: a few routes of a shop, in memory. `node server.js PORT`
import { createServer } from 'node:http'

const products = Array.from({ length: 50 }, (_, i) => ({ id: i + 1, name: `product ${i + 1}`, price: 100 + i }))

// What the orders are known by; a key that comes again is answered, not carried out again.
const references = new Set()
const stock = { left: 1_000_000 }

const routes = {
  'GET /': () => ({ status: 200, body: { hello: 'there' } }),
  'GET /health': () => ({ status: 200, body: { ok: true } }),
  'GET /products': () => ({ status: 200, body: products.slice(0, 20) }),
  'POST /login': ({ email }) => (email ? { status: 200, body: { token: `token of ${email}` } } : { status: 400, body: {} }),
  'POST /orders': ({ productId, reference }, token) => {
    if (token === undefined) return { status: 401, body: {} }
    if (reference !== undefined && !references.has(reference)) {
      references.add(reference)
      stock.left--
    }
    return { status: 201, body: { id: 1, productId, reference } }
  },
  'GET /orders': () => ({ status: 200, body: [...references] }),
  'GET /stock': () => ({ status: 200, body: stock }),
}

function product(path) {
  const found = products[Number(/^\/products\/(\d+)$/.exec(path)?.[1]) - 1]
  return found === undefined ? { status: 404, body: {} } : { status: 200, body: found }
}

const server = createServer(async (request, answer) => {
  let text = ''
  for await (const piece of request) text += piece
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const route = routes[`${request.method} ${pathname}`]
  const { status, body } = route ? route(text === '' ? {} : JSON.parse(text), request.headers.authorization) : product(pathname)
  // A database would take about this long.
  setTimeout(() => answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)), 5)
})

server.listen(Number(process.argv[2] ?? 18100), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
