import { ToolError } from '../../base/errors.ts'
import { listWords } from '../../base/check.ts'
import type { SqlSpec } from '../../model/plan-spec.ts'
import type { Address } from './connection.ts'
import { openConnection } from './connection.ts'
import { Pool } from './pool.ts'

export interface DatabasesOptions {
  readonly spec: SqlSpec
  /** Of the plan, by name. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** Hosts (`host` or `host:port`) that statements may go to. */
  readonly allowed: readonly string[]
  readonly now: () => number
  readonly waiting: (change: 1 | -1) => void
}

const scheme = /^postgres(ql)?:\/\//i
const defaultPort = 5432

/** The pools of a worker, by what plans call their databases. */
export class Databases {
  readonly #options: DatabasesOptions
  readonly #allowed: ReadonlySet<string>
  readonly #pools = new Map<string | undefined, Pool>()
  readonly #byUrl = new Map<string, Pool>()

  constructor(options: DatabasesOptions) {
    this.#options = options
    this.#allowed = new Set(options.allowed.map((entry) => entry.trim().toLowerCase()))
  }

  /** By the name of a service or a URL; undefined: what the plan says. Throws ToolError. // hot */
  find(service: string | undefined): Pool {
    return this.#pools.get(service) ?? this.#open(service)
  }

  get openConnections(): number {
    return [...this.#byUrl.values()].reduce((sum, pool) => sum + pool.size, 0)
  }

  closeAll(): void {
    for (const pool of this.#byUrl.values()) pool.closeAll()
    this.#byUrl.clear()
    this.#pools.clear()
  }

  #open(service: string | undefined): Pool {
    const { spec, now, waiting } = this.#options
    const url = this.#urlOf(service ?? spec.service)
    let pool = this.#byUrl.get(url)
    if (pool === undefined) {
      const { maxConnections, connectTimeoutMs, statementTimeoutMs } = spec
      const address = this.#addressOf(url)
      const open = (): ReturnType<typeof openConnection> => openConnection({ address, connectTimeoutMs, statementTimeoutMs })
      pool = new Pool({ maxConnections, now, open, waiting })
      this.#byUrl.set(url, pool)
    }
    this.#pools.set(service, pool)
    return pool
  }

  #urlOf(service: string | undefined): string {
    const { services } = this.#options
    if (typeof service === 'string' && scheme.test(service)) return service
    const names = Object.keys(services).filter((name) => scheme.test(services[name]?.url ?? ''))
    const known = names.length === 0 ? 'the plan has no database' : `the databases of the plan are ${listWords(names)}`
    if (service === undefined) {
      throw new ToolError('PLAN_INVALID', `Expected to know which database a statement of \`sql\` goes to; ${known}.`, {
        hint:
          names.length === 0
            ? 'Give the plan one: services: { db: service.postgres() }.'
            : `Say it once, sql: { service: '${names[0] ?? ''}' } in the plan, or with each statement.`,
      })
    }
    const url = names.includes(service) ? services[service]?.url : undefined
    if (url !== undefined) return url
    throw new ToolError(
      'PLAN_INVALID',
      // Something that looks like an address may hold a password.
      `Expected \`service\` of a statement to be a database of the plan or a URL that begins with postgres://, got ${/[:/@]/.test(service) ? 'another text' : `\`${service}\``}; ${known}.`,
    )
  }

  #addressOf(text: string): Address {
    const url = URL.canParse(text) ? new URL(text) : undefined
    // A path of a socket stands in the query (`?host=/run/postgresql`): where it leads cannot be checked by its host.
    if (url === undefined || url.hostname === '' || url.searchParams.has('host')) {
      throw new ToolError(
        'PLAN_INVALID',
        'Expected the URL of a database to have a host, as in postgres://user@127.0.0.1:5432/shop.',
      )
    }
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const port = url.port === '' ? defaultPort : Number(url.port)
    const shown = `${url.hostname.toLowerCase()}:${port}`
    if (this.#allowed.has(url.hostname.toLowerCase()) || this.#allowed.has(shown)) return { url: text, host, port }
    throw new ToolError(
      'HOST_NOT_ALLOWED',
      `A statement was about to go to ${shown}, a host that the plan does not name, or a public one that it does not own.`,
      { hint: `If this database may be loaded, add it to the plan: allowHosts: ['${shown}'], or iOwn if it is a public one.` },
    )
  }
}
