import type { Client as PgClient } from 'pg'
import { messageOf } from '../base/errors.ts'
import { ServerCpu } from './postgres-cpu.ts'
import { activityQuery, countersQuery, settingsQuery } from './postgres-queries.ts'
import type { StatementSource } from './postgres-statements.ts'
import { findStatementSource } from './postgres-statements.ts'
import { TableScans } from './postgres-tables.ts'
import type { Probe, ProbeContext, ProbeFact, ProbeFactory } from './probe.ts'

const connectMs = 600

/** A PostgreSQL that the plan names among its services; needs a role that may read the statistics views. */
export const createPostgresProbe: ProbeFactory<{ readonly kind: 'postgres'; readonly service: string }> = async (
  { service },
  context,
) => {
  const url = urlOf(service, context)
  try {
    const client = await connect(url)
    const probe = new PostgresProbe(service, url, client)
    await probe.begin()
    return probe
  } catch (thrown) {
    throw new Error(`the database \`${service}\` cannot be watched: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function urlOf(service: string, { services }: ProbeContext): string {
  const url = services[service]?.url
  if (url === undefined) throw new Error(`the plan has no service \`${service}\``)
  return url
}

async function connect(connectionString: string): Promise<PgClient> {
  // Loaded here, so that plans without a database do not pay for the driver.
  const { Client } = await import('pg')
  const client = new Client({ connectionString, connectionTimeoutMillis: connectMs, application_name: 'proofload probe' })
  client.on('error', () => undefined) // a query in flight or the next one tells
  await client.connect()
  // What we ask ourselves is not the target's work. Needs a superuser; elsewhere our few statements stay in the list.
  await client.query("SET pg_stat_statements.track = 'none'").catch(() => undefined)
  return client
}

type Counters = Readonly<Record<string, number>>

class PostgresProbe implements Probe {
  readonly name: string
  readonly units: Readonly<Record<string, string>>
  limitations: readonly string[] = []
  readonly #url: string
  #client: PgClient | undefined
  #last: { atMs: number; counters: Counters } | undefined
  #limit = 0
  #cpu: ServerCpu | undefined
  #statements: StatementSource | undefined
  #settings: Record<string, string> | undefined
  #tables = new TableScans()

  constructor(name: string, url: string, client: PgClient) {
    this.name = name
    this.#url = url
    this.#client = client
    const units = {
      'connections.active': 'count',
      'connections.idle': 'count',
      'connections.idle_in_transaction': 'count',
      'connections.total': 'count',
      'connections.limit': 'count',
      cpu: 'ratio',
      'cpu.wanted': 'count',
      transactions: 'perSec',
      rollbacks: 'perSec',
      'cache.hit': 'ratio',
      'locks.waiting': 'count',
      deadlocks: 'perSec',
      longest: 'sec',
      'rows.read': 'perSec',
      'rows.written': 'perSec',
      'temp.written': 'bytesPerSec',
    }
    this.units = Object.fromEntries(Object.entries(units).map(([key, unit]) => [`${name}.${key}`, unit]))
  }

  async begin(): Promise<void> {
    const client = this.#open()
    const { rows } = await client.query<{ name: string; setting: string }>(settingsQuery)
    const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]))
    const number = (name: string): number => Number(settings[name] ?? 0)
    // Of what clients can have, one is ours.
    this.#limit = number('max_connections') - number('superuser_reserved_connections') - number('reserved_connections') - 1
    this.#settings = settings
    await this.#count(client)
    if (this.#statements?.limitation !== undefined) this.limitations = [this.#statements.limitation]
  }

  async renewed(): Promise<void> {
    const client = await connect(this.#url)
    const before = this.#client
    this.#client = client
    this.#last = undefined
    void before?.end().catch(() => undefined)
    await this.#count(client)
  }

  /** Counts from here. */
  async #count(client: PgClient): Promise<void> {
    this.#cpu = await this.#findServer(client)
    this.#statements = await findStatementSource(client)
    this.#tables = new TableScans()
    await this.#tables.take(client)
  }

  async sample(): Promise<Record<string, number>> {
    const isNew = this.#client === undefined
    this.#client ??= await connect(this.#url)
    const client = this.#client
    try {
      // A server that was down may be another process now.
      if (isNew) this.#cpu = await this.#findServer(client)
      const cpu = this.#cpu?.read()
      const [activity, counters] = [await one(client, activityQuery), await one(client, countersQuery)]
      await this.#statements?.sample(client)
      const rates = this.#rates(counters)
      const values: Record<string, number> = { ...activity, 'connections.limit': this.#limit, ...cpu, ...rates }
      return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${this.name}.${key}`, value]))
    } catch (thrown) {
      // The database may be down on purpose: the next sample tries again.
      if (this.#client === client) this.#client = undefined
      this.#last = undefined
      void client.end().catch(() => undefined)
      throw thrown
    }
  }

  async facts(): Promise<ProbeFact[]> {
    const client = this.#open()
    const facts: ProbeFact[] = []
    if (this.#settings !== undefined) {
      facts.push({ fact: 'settings', value: this.#settings })
      this.#settings = undefined
    }
    const statements = await this.#statements?.take(client)
    if (statements !== undefined) facts.push({ fact: 'statements', value: statements })
    facts.push({ fact: 'tables', value: await this.#tables.take(client) })
    return facts
  }

  async stop(): Promise<void> {
    await this.#client?.end().catch(() => undefined)
    this.#client = undefined
  }

  #open(): PgClient {
    if (this.#client === undefined) throw new Error('not connected')
    return this.#client
  }

  async #findServer(client: PgClient): Promise<ServerCpu | undefined> {
    const { pid } = await one(client, 'SELECT pg_backend_pid() AS pid')
    return pid === undefined ? undefined : ServerCpu.of(this.#url, pid)
  }

  /** Counters only grow, except when the server starts anew or they are reset: then there is no rate. */
  #rates(counters: Counters): Record<string, number> {
    const atMs = performance.now()
    const last = this.#last
    this.#last = { atMs, counters }
    if (last === undefined) return {}
    const seconds = (atMs - last.atMs) / 1000
    const grown = (name: string): number => (counters[name] ?? 0) - (last.counters[name] ?? 0)
    if (seconds <= 0 || Object.keys(counters).some((name) => grown(name) < 0)) return {}
    const blocks = grown('hit') + grown('read')
    return {
      // The two questions of this probe are transactions as well.
      transactions: Math.max(0, grown('commits') + grown('rollbacks') - 2) / seconds,
      rollbacks: grown('rollbacks') / seconds,
      ...(blocks > 0 ? { 'cache.hit': grown('hit') / blocks } : {}),
      deadlocks: grown('deadlocks') / seconds,
      'rows.read': grown('returned') / seconds,
      'rows.written': grown('written') / seconds,
      'temp.written': grown('temp') / seconds,
    }
  }
}

async function one(client: PgClient, sql: string): Promise<Record<string, number>> {
  const { rows } = await client.query<Record<string, string | number | null>>(sql)
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([key, value]) => [key, Number(value ?? 0)]))
}
