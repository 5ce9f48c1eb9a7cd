import pg from 'pg'

/** The least that can be done with `pg`: each connection asks one prepared statement after the other. `URL CONNECTIONS SECONDS` */
const [connectionString = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const until = performance.now() + Number(seconds) * 1000

async function ask(user: number): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  for (let i = user; performance.now() < until; i++)
    await client.query({ name: 'balance', text: 'SELECT balance FROM accounts WHERE id = $1', values: [1 + (i % 10_000)] })
  await client.end()
}

await Promise.all(Array.from({ length: Number(connections) }, (_, user) => ask(user)))
