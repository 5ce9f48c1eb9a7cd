import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AppContext } from '../app.ts'
import type { Actor } from '../chat.ts'
import { addressOf } from '../entrance.ts'
import { limits } from '../limits.ts'
import type { Access } from '../protection/contract.ts'
import { fieldsOf } from './fields-of.ts'

const portion = 50

export function roomRoutes(app: FastifyInstance, { chat, validates }: AppContext, access: Access<FastifyRequest>): void {
  const actorOf = (request: FastifyRequest): Actor => ({
    user: access.authenticate(request),
    address: addressOf(request.socket),
  })

  app.get('/rooms', async (request) => {
    actorOf(request)
    const fields = fieldsOf(request, validates)
    const after = fields.has('after') ? fields.roomName('after') : ''
    return chat.rooms.list(after, fields.wholeNumber('limit', limits.page) ?? portion)
  })

  app.post('/rooms', async (request, reply) => {
    const actor = actorOf(request)
    chat.refuseWhileDraining()
    return reply.code(201).send(await chat.createRoom(actor, fieldsOf(request, validates).roomName('name')))
  })

  app.get('/rooms/:room/members', async (request) => chat.who(actorOf(request), fieldsOf(request, validates).roomName('room')))

  app.post('/rooms/:room/members', async (request, reply) => {
    const actor = actorOf(request)
    chat.refuseWhileDraining()
    return reply.code(201).send(await chat.join(actor, fieldsOf(request, validates).roomName('room')))
  })

  app.delete('/rooms/:room/members', async (request, reply) => {
    await chat.leave(actorOf(request), fieldsOf(request, validates).roomName('room'))
    return reply.code(204).send()
  })

  app.get('/rooms/:room/messages', async (request) => {
    const actor = actorOf(request)
    const fields = fieldsOf(request, validates)
    const page = { before: fields.wholeNumber('before'), after: fields.wholeNumber('after') }
    const limit = fields.wholeNumber('limit', limits.page) ?? portion
    return chat.history(actor, fields.roomName('room'), { ...page, limit })
  })

  app.post('/rooms/:room/messages', async (request, reply) => {
    const actor = actorOf(request)
    chat.refuseWhileDraining()
    const fields = fieldsOf(request, validates)
    const seq = await chat.say(actor, fields.roomName('room'), fields.text('text'))
    return reply.code(201).send({ seq })
  })
}
