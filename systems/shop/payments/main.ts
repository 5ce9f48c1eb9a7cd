import { parseArgs } from 'node:util'
import { createPayments } from './payments.ts'

const usage = `Usage: node dist/systems/shop/payments/main.js [--port PORT] [--workers C] [--service-ms S] [--max-wait-ms W]
A payment service with a capacity of C/S: C at once, each for S; who would wait longer than W is refused with 503.
PORT in the environment is used when --port is absent; default 8090. C is 32, S 40 ms, W 1000 ms.`

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env['PORT'] ?? '8090' },
      workers: { type: 'string', default: '32' },
      'service-ms': { type: 'string', default: '40' },
      'max-wait-ms': { type: 'string', default: '1000' },
    },
  })
  const app = createPayments({
    workers: whole('--workers', values.workers, 1),
    serviceMs: whole('--service-ms', values['service-ms'], 1),
    maxWaitMs: whole('--max-wait-ms', values['max-wait-ms'], 0),
  })
  console.log(`payments listen on ${await app.listen({ port: whole('--port', values.port, 0), host: '127.0.0.1' })}`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close().then(() => process.exit(0)))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}

function whole(option: string, given: string, least: number): number {
  const value = Number(given)
  if (!/^\d+$/.test(given) || value < least)
    throw new Error(`Expected ${option} to be a whole number of at least ${least}, got "${given}".`)
  return value
}
