import type { FastifyInstance } from 'fastify'
import type { Statement } from './database.ts'
import { ShopError } from './errors.ts'
import { object, text } from './json-schemas.ts'
import type { Shop } from './shop.ts'
import { hashPassword, verifyPassword } from './tokens.ts'

const customerByEmail: Statement = {
  name: 'customer-by-email',
  text: 'SELECT id, password_hash AS "passwordHash" FROM customers WHERE email = $1',
}

export async function loginRoutes(app: FastifyInstance, shop: Shop): Promise<void> {
  // An unknown address costs the same time as a wrong password, so that nobody can tell who is a customer.
  const nobody = await hashPassword('')
  const body = object({ email: { type: 'string', maxLength: 200 }, password: { type: 'string', maxLength: 200 } })
  app.post<{ Body: { email: string; password: string } }>(
    '/login',
    { schema: { body, response: { 200: object({ token: text }) } } },
    async (request) => {
      const { email, password } = request.body
      const [customer] = await shop.database.rows<{ id: number; passwordHash: string }>(customerByEmail, [email])
      const isRight = await verifyPassword(password, customer?.passwordHash ?? nobody)
      if (!customer || !isRight) throw new ShopError(401, 'wrong_login', 'Wrong e-mail address or password.')
      return { token: app.jwt.sign({ customer: customer.id }) }
    },
  )
}
