import type { Database, Statement } from './database.ts'
import { notFound } from './errors.ts'

export interface ListedProduct {
  readonly id: number
  readonly name: string
  readonly category: string
  readonly priceCents: number
  readonly rating: number
}

/** An object, not a bare array, so that the cache can hold it by reference. */
export interface ProductList {
  readonly products: readonly ListedProduct[]
}

export interface ProductPage extends ListedProduct {
  readonly description: string
  readonly isInStock: boolean
  readonly reviews: readonly { readonly rating: number; readonly body: string }[]
}

const listed = 'p.id, p.name, p.category, p.price_cents AS "priceCents", r.rating'

const ratingOfProduct = 'LATERAL (SELECT coalesce(avg(rating), 0)::float AS rating FROM reviews WHERE product_id = p.id) r'

/** Products up to this one are of earlier seasons. */
const lastSeason = 16_000

/** The best rated of this season: reads some 40,000 reviews (by index), which is why the list is cached. */
const bestOfSeason: Statement = {
  name: 'best-rated-of-season',
  text: `WITH r AS (SELECT product_id, avg(rating)::float AS rating FROM reviews WHERE product_id > $1 GROUP BY product_id ORDER BY rating DESC, product_id LIMIT 20)
    SELECT ${listed} FROM r JOIN products p ON p.id = r.product_id ORDER BY r.rating DESC, p.id`,
}

const inCategory: Statement = {
  name: 'products-in-category',
  text: `SELECT ${listed} FROM (SELECT * FROM products WHERE category = $1 ORDER BY id LIMIT 20) p, ${ratingOfProduct} ORDER BY p.id`,
}

const byNamePrefix: Statement = {
  name: 'products-by-name',
  text: `SELECT ${listed} FROM (SELECT * FROM products WHERE lower(name) LIKE $1 ORDER BY lower(name) USING ~<~ LIMIT 20) p, ${ratingOfProduct}
    ORDER BY lower(p.name) USING ~<~`,
}

const oneProduct: Statement = {
  name: 'one-product',
  text: `SELECT ${listed}, p.description, p.stock > 0 AS "isInStock", r.reviews
    FROM products p, LATERAL (
      SELECT coalesce(avg(rating), 0)::float AS rating, coalesce(json_agg(json_build_object('rating', rating, 'body', body) ORDER BY id DESC), '[]') AS reviews
      FROM reviews WHERE product_id = p.id) r
    WHERE p.id = $1`,
}

/** An empty category: the best of the season. */
export async function loadList(database: Database, category: string): Promise<ProductList> {
  const products =
    category === ''
      ? database.rows<ListedProduct>(bestOfSeason, [lastSeason])
      : database.rows<ListedProduct>(inCategory, [category])
  return { products: await products }
}

export async function loadProduct(database: Database, id: number): Promise<ProductPage> {
  const [page] = await database.rows<ProductPage>(oneProduct, [id])
  if (!page) throw notFound('product')
  return page
}

export function searchProducts(database: Database, words: string): Promise<ListedProduct[]> {
  // Percent, underscore and backslash are ordinary characters to the person who searches.
  const prefix = words.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)
  return database.rows<ListedProduct>(byNamePrefix, [`${prefix}%`])
}
