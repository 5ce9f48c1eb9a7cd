import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Cached } from './cache.ts'
import { searchProducts } from './product-queries.ts'
import { idParams, listOf, object, integer, number, text } from './json-schemas.ts'
import type { Shop } from './shop.ts'

const listedProduct = { id: integer, name: text, category: text, priceCents: integer, rating: number }
const productList = listOf(object(listedProduct))
const productPage = object({
  ...listedProduct,
  description: text,
  isInStock: { type: 'boolean' },
  reviews: listOf(object({ rating: integer, body: text })),
})

export function productRoutes(app: FastifyInstance, shop: Shop): void {
  const listQuery = { type: 'object', properties: { category: { type: 'string', maxLength: 40 } } }
  app.get<{ Querystring: { category?: string } }>(
    '/products',
    { schema: { querystring: listQuery, response: { 200: productList } } },
    async (request, reply) => {
      const { products } = answerCached(reply, await shop.lists.get(request.query.category ?? ''))
      return products
    },
  )

  const searchQuery = { type: 'object', required: ['q'], properties: { q: { type: 'string', minLength: 2, maxLength: 60 } } }
  app.get<{ Querystring: { q: string } }>(
    '/products/search',
    { schema: { querystring: searchQuery, response: { 200: productList } } },
    async (request) => searchProducts(shop.database, request.query.q),
  )

  app.get<{ Params: { id: number } }>(
    '/products/:id',
    { schema: { params: idParams, response: { 200: productPage } } },
    async (request, reply) => answerCached(reply, await shop.pages.get(String(request.params.id))),
  )
}

function answerCached<Value>(reply: FastifyReply, { value, outcome }: Cached<Value>): Value {
  void reply.header('x-cache', outcome)
  return value
}
