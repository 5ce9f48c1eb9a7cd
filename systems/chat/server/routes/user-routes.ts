import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AppContext } from '../app.ts'
import { addressOf } from '../entrance.ts'
import type { Access } from '../protection/contract.ts'
import { fieldsOf } from './fields-of.ts'

export function userRoutes(
  app: FastifyInstance,
  { accounts, chat, validates }: AppContext,
  access: Access<FastifyRequest>,
): void {
  app.post('/users', async (request, reply) => {
    chat.refuseWhileDraining()
    const fields = fieldsOf(request, validates)
    const credentials = { name: fields.userName('name'), password: fields.password('password') }
    const { token, user } = await accounts.register({ ...credentials, address: addressOf(request.socket) })
    return reply.code(201).send({ id: user.id, name: user.name, token })
  })

  app.post('/login', async (request) => {
    const fields = fieldsOf(request, validates)
    const credentials = { name: fields.userName('name'), password: fields.password('password') }
    const { token, user } = await accounts.logIn({ ...credentials, address: addressOf(request.socket) })
    return { id: user.id, name: user.name, token }
  })

  app.get('/me', (request) => Promise.resolve(access.authenticate(request)))
}
