import type { PoolClient } from 'pg'
import { rowsOf, type Database, type Statement } from './database.ts'
import { notFound, ShopError } from './errors.ts'
import { seeded } from './schema.ts'

export interface Order {
  readonly id: number
  readonly productId: number
  readonly quantity: number
  readonly totalCents: number
  readonly createdAt: Date
}

export interface OrderRequest {
  readonly customer: number
  /** The customer's own name for this order: the same key is the same order. */
  readonly key: string
  readonly productId: number
  readonly quantity: number
}

const columns = 'id, product_id AS "productId", quantity, total_cents AS "totalCents", created_at AS "createdAt"'

const priceOf: Statement = { name: 'price-of', text: 'SELECT price_cents AS "priceCents", stock FROM products WHERE id = $1' }
const lockStock: Statement = { name: 'lock-stock', text: 'SELECT stock FROM products WHERE id = $1 FOR UPDATE' }
const setStock: Statement = { name: 'set-stock', text: 'UPDATE products SET stock = $2 WHERE id = $1' }
const charge: Statement = {
  name: 'charge-customer',
  text: 'UPDATE accounts SET balance_cents = balance_cents - $2 WHERE customer_id = $1 AND balance_cents >= $2 RETURNING id',
}
const insertOrder: Statement = {
  name: 'insert-order',
  text: `INSERT INTO orders (customer_id, product_id, quantity, total_cents, key, id)
    VALUES ($1, $2, $3, $4, $5, coalesce($6, nextval(pg_get_serial_sequence('orders', 'id')))::integer) RETURNING ${columns}`,
}
const fillTill: Statement = { name: 'fill-till', text: 'UPDATE accounts SET balance_cents = balance_cents + $2 WHERE till = $1' }
const ordersOfCustomer: Statement = {
  name: 'orders-of-customer',
  text: `SELECT ${columns} FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT 20`,
}
const orderOfCustomer: Statement = {
  name: 'order-of-customer',
  text: `SELECT ${columns} FROM orders WHERE customer_id = $1 AND id = $2`,
}

const orderByKey: Statement = {
  name: 'order-by-key',
  text: `SELECT ${columns} FROM orders WHERE customer_id = $1 AND key = $2`,
}
const keysAfter: Statement = {
  name: 'order-keys-after',
  text: `SELECT id, key FROM orders WHERE id > $1 AND key IS NOT NULL ORDER BY id LIMIT $2`,
}

export async function findByKey(client: PoolClient, customer: number, key: string): Promise<Order | undefined> {
  const [order] = await rowsOf<Order>(client, orderByKey, [customer, key])
  return order
}

export interface Offer {
  readonly totalCents: number
  /** Before the order; somebody else may take of it meanwhile. */
  readonly stock: number
}

/** What it costs, or why it cannot be had. */
export async function offerFor(client: PoolClient, { productId, quantity }: OrderRequest): Promise<Offer> {
  const [product] = await rowsOf<{ priceCents: number; stock: number }>(client, priceOf, [productId])
  if (!product) throw notFound('product')
  assertStock(product.stock, quantity)
  return { totalCents: product.priceCents * quantity, stock: product.stock }
}

export interface Terms {
  readonly totalCents: number
  /** Given: the stock is not looked at again (a planted defect). */
  readonly seenStock?: number
  /** Given: the order was acknowledged under this id (a planted defect). */
  readonly id?: number | null
}

/**
 * Stock and money move together or not at all. Rows are always locked in the order product, customer, till, so that two orders
 * cannot wait for each other; the till comes last because many orders share it.
 */
export async function writeOrder(
  client: PoolClient,
  { customer, key, productId, quantity }: OrderRequest,
  { totalCents, seenStock, id = null }: Terms,
): Promise<Order> {
  const stock = seenStock ?? (await rowsOf<{ stock: number }>(client, lockStock, [productId]))[0]?.stock ?? 0
  assertStock(stock, quantity)
  await rowsOf(client, setStock, [productId, stock - quantity])
  const charged = await rowsOf(client, charge, [customer, totalCents])
  if (charged.length === 0) throw new ShopError(402, 'not_enough_money', 'The account does not cover this order.')
  const [order] = await rowsOf<Order>(client, insertOrder, [customer, productId, quantity, totalCents, key, id])
  if (!order) throw new Error('INSERT … RETURNING gave no row')
  await rowsOf(client, fillTill, [productId % seeded.tills, totalCents])
  return order
}

function assertStock(stock: number, quantity: number): void {
  if (stock < quantity) throw new ShopError(409, 'out_of_stock', `Only ${stock} left.`)
}

export function listOrders(database: Database, customer: number): Promise<Order[]> {
  return database.rows<Order>(ordersOfCustomer, [customer])
}

export async function findOrder(database: Database, customer: number, id: number): Promise<Order> {
  const [order] = await database.rows<Order>(orderOfCustomer, [customer, id])
  if (!order) throw notFound('order')
  return order
}

/** Orders in the order of their ids, a page at a time: for whoever looks for what was lost or written twice. */
export function listOrderKeys(database: Database, after: number, limit: number): Promise<{ id: number; key: string }[]> {
  return database.rows(keysAfter, [after, limit])
}
