import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { Pool } from 'pg'
import type { PoolConfig } from 'pg'

/** The target: each order needs a connection, `/health` needs none. `order-server.ts PORT POOL`, the database in DATABASE_URL. */
const statement = 'SELECT pg_sleep(0.02)'
const waitMs = 500

const pool = (config: PoolConfig): Pool => {
  const made = new Pool({ connectionString: process.env['DATABASE_URL'], ...config })
  made.on('error', () => undefined)
  return made
}

const plain = (config: PoolConfig) => {
  const connections = pool(config)
  return async () => {
    await connections.query(statement)
  }
}

/** The connection of a statement that took too long is forgotten. */
const forgetful = (config: PoolConfig) => {
  const connections = pool(config)
  return async () => {
    const client = await connections.connect()
    client.on('error', () => undefined)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the statement took too long')), 1000)
    })
    await Promise.race([client.query(statement), late])
    clearTimeout(timer)
    client.release()
  }
}

const pools: Readonly<Record<string, () => () => Promise<void>>> = {
  'waits for half a second': () => plain({ max: 8, connectionTimeoutMillis: waitMs }),
  // What pg's pool does by default.
  'waits for ever': () => plain({ max: 8 }),
  'has no limit': () => plain({ max: 500, connectionTimeoutMillis: waitMs }),
  leaks: () => forgetful({ max: 8, connectionTimeoutMillis: waitMs }),
}

const [port = '0', name = ''] = process.argv.slice(2)
const make = pools[name]
if (make === undefined) throw new Error(`no pool is called ${name}: ${Object.keys(pools).join(', ')}`)
const store = make()

async function order(response: ServerResponse): Promise<void> {
  try {
    await store()
    response.writeHead(201).end()
  } catch {
    response.writeHead(503).end()
  }
}

createServer((request, response) => {
  request.resume()
  if (request.url === '/health') response.end()
  else void order(response)
}).listen(Number(port), '127.0.0.1')
