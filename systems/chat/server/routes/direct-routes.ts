import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AppContext } from '../app.ts'
import { addressOf } from '../entrance.ts'
import { limits } from '../limits.ts'
import type { Access } from '../protection/contract.ts'
import { fieldsOf } from './fields-of.ts'

const portion = 50

export function directRoutes(app: FastifyInstance, { chat, validates }: AppContext, access: Access<FastifyRequest>): void {
  app.post('/directs', async (request, reply) => {
    const actor = { user: access.authenticate(request), address: addressOf(request.socket) }
    chat.refuseWhileDraining()
    const fields = fieldsOf(request, validates)
    const no = await chat.sendDirect(actor, fields.userName('to'), fields.text('text'))
    return reply.code(201).send({ no })
  })

  app.get('/directs/:user', async (request) => {
    const actor = { user: access.authenticate(request), address: addressOf(request.socket) }
    const fields = fieldsOf(request, validates)
    const limit = fields.wholeNumber('limit', limits.page) ?? portion
    return chat.directsWith(actor, fields.userName('user'), { before: fields.wholeNumber('before'), limit })
  })
}
