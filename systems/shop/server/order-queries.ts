import type { PoolClient } from 'pg'
import { rowsOf, type Database, type Statement } from './database.ts'
import { notFound, ShopError } from './errors.ts'
import { authorisePayment } from './payment.ts'
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
  readonly productId: number
  readonly quantity: number
}

const columns = 'id, product_id AS "productId", quantity, total_cents AS "totalCents", created_at AS "createdAt"'

const lockProduct: Statement = {
  name: 'lock-product',
  text: 'SELECT price_cents AS "priceCents", stock FROM products WHERE id = $1 FOR UPDATE',
}
const takeStock: Statement = { name: 'take-stock', text: 'UPDATE products SET stock = stock - $2 WHERE id = $1' }
const charge: Statement = {
  name: 'charge-customer',
  text: 'UPDATE accounts SET balance_cents = balance_cents - $2 WHERE customer_id = $1 AND balance_cents >= $2 RETURNING id',
}
const insertOrder: Statement = {
  name: 'insert-order',
  text: `INSERT INTO orders (customer_id, product_id, quantity, total_cents) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
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

/**
 * Stock and money move together or not at all. Rows are always locked in the order product, customer, till, so that two orders
 * cannot wait for each other; the till comes last because many orders share it.
 */
export function placeOrder(database: Database, { customer, productId, quantity }: OrderRequest): Promise<Order> {
  return database.transaction(async (client) => {
    const [product] = await rowsOf<{ priceCents: number; stock: number }>(client, lockProduct, [productId])
    if (!product) throw notFound('product')
    if (product.stock < quantity) throw new ShopError(409, 'out_of_stock', `Only ${product.stock} left.`)
    const totalCents = product.priceCents * quantity
    await rowsOf(client, takeStock, [productId, quantity])
    const charged = await rowsOf(client, charge, [customer, totalCents])
    if (charged.length === 0) throw new ShopError(402, 'not_enough_money', 'The account does not cover this order.')
    await authorisePayment()
    const order = await insert(client, [customer, productId, quantity, totalCents])
    await rowsOf(client, fillTill, [productId % seeded.tills, totalCents])
    return order
  })
}

async function insert(client: PoolClient, values: readonly number[]): Promise<Order> {
  const [order] = await rowsOf<Order>(client, insertOrder, values)
  if (!order) throw new Error('INSERT … RETURNING gave no row')
  return order
}

export function listOrders(database: Database, customer: number): Promise<Order[]> {
  return database.rows<Order>(ordersOfCustomer, [customer])
}

export async function findOrder(database: Database, customer: number, id: number): Promise<Order> {
  const [order] = await database.rows<Order>(orderOfCustomer, [customer, id])
  if (!order) throw notFound('order')
  return order
}
