import { env, plan, scenario, service } from 'proofload'

/** One prepared statement after the other over ten connections. */
const ask = scenario(async ({ sql, vu, check }) => {
  const { ok } = await sql.query('SELECT balance FROM accounts WHERE id = $1', [1 + (vu.iteration % 10_000)])
  check('it was answered', ok)
})

export default plan({
  services: { db: service.postgres({ url: env('BENCH_DATABASE') }) },
  scenarios: { ask },
  sql: { maxConnections: Number(env('BENCH_USERS')) },
  tests: { compare: { users: Number(env('BENCH_USERS')), for: env('BENCH_FOR') } },
})
