import type { Database, Statement } from './database.ts'
import { seeded } from './schema.ts'

/** One look at all the books: a single statement, so that it sees one moment even while orders run. */
const books: Statement = {
  name: 'audit',
  text: `SELECT
    (SELECT sum(balance_cents) FROM accounts)::bigint AS "moneyCents",
    (SELECT coalesce(sum(balance_cents), 0) FROM accounts WHERE till IS NOT NULL)::bigint AS "tillCents",
    (SELECT coalesce(sum(total_cents), 0) FROM orders)::bigint AS "orderedCents",
    (SELECT sum(stock) FROM products)::bigint AS stock,
    (SELECT coalesce(sum(quantity), 0) FROM orders)::bigint AS sold,
    (SELECT count(*) FROM orders)::bigint AS orders`,
}

export interface Books {
  readonly moneyCents: number
  readonly tillCents: number
  readonly orderedCents: number
  readonly stock: number
  readonly sold: number
  readonly orders: number
}

export interface Audit {
  readonly holds: boolean
  readonly problems: readonly string[]
  readonly books: Books
}

/** What must hold at any moment: no money and no goods appear or vanish, and the tills have what was sold. */
export function judgeBooks(found: Books): Audit {
  const money = seeded.customers * seeded.customerCents
  const stock = seeded.products * seeded.stock
  const problems = [
    ...(found.moneyCents === money ? [] : [`money: expected ${money} cents in all, found ${found.moneyCents}`]),
    ...(found.tillCents === found.orderedCents
      ? []
      : [`tills: ${found.orderedCents} cents were ordered, ${found.tillCents} arrived`]),
    ...(found.stock + found.sold === stock ? [] : [`stock: expected ${stock} left or sold, found ${found.stock + found.sold}`]),
  ]
  return { holds: problems.length === 0, problems, books: found }
}

export async function audit(database: Database): Promise<Audit> {
  const [found] = await database.rows<Books>(books)
  if (!found) throw new Error('the audit query gave no row')
  return judgeBooks(found)
}
