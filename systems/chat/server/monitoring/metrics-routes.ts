import type { FastifyInstance } from 'fastify'
import type { ChatMonitor } from './monitor.ts'

export function metricsRoutes(app: FastifyInstance, monitor: ChatMonitor): void {
  app.get('/metrics', async (_request, reply) => reply.type(monitor.contentType).send(await monitor.page()))
}
