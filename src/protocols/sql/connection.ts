import { connect, Socket } from 'node:net'
import type { Client, QueryResult } from 'pg'
import type { SqlFailure } from './failures.ts'
import { connectFailure, statementFailure } from './failures.ts'

export interface Address {
  readonly url: string
  readonly host: string
  readonly port: number
}

export interface ConnectionOptions {
  readonly address: Address
  readonly connectTimeoutMs: number
  /** 0: that of the database. */
  readonly statementTimeoutMs: number
}

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[] | undefined
  /** Name to prepare it by; undefined: it is not. */
  readonly prepared: string | undefined
}

export type Answer = Pick<QueryResult<Record<string, unknown>>, 'command' | 'rows' | 'rowCount'>

/** What was sent came to this: exactly one of the two. */
export type Answered = (failure: SqlFailure | undefined, answer: Answer | undefined) => void

/** By it a database tells the connections of users from those of proofload itself. */
const applicationName = 'proofload users'
/** PostgreSQL, 54.7: CancelRequest. */
const cancelRequest = 80877102

/** Opens one. The driver is loaded by the first: plans without SQL pay nothing for it. Never rejects. */
export async function openConnection(options: ConnectionOptions): Promise<Connection | SqlFailure> {
  const { address, connectTimeoutMs, statementTimeoutMs } = options
  const { Client } = await import('pg')
  let client: Client
  try {
    client = new Client({
      connectionString: address.url,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      ...(statementTimeoutMs > 0 ? { statement_timeout: statementTimeoutMs } : {}),
    })
  } catch {
    // What the driver says of an address may hold its password.
    return { kind: 'exception', message: 'the address is none that the driver understands', answered: false, outcome: 'failed' }
  }
  const connection = new Connection(client, address)
  try {
    await client.connect()
    return connection
  } catch (error) {
    connection.destroy()
    return connectFailure(error instanceof Error ? error : new Error(String(error)))
  }
}

/** A connection of the driver that knows whether it can take the next statement. */
export class Connection {
  /** Ended, by whomever: no statement goes over it any more. */
  lost = false
  /** Told once, when it is lost. */
  onLost: (() => void) | undefined
  readonly #client: Client
  readonly #address: Address
  #ready = true
  #whenReady: (() => void) | undefined

  constructor(client: Client, address: Address) {
    this.#client = client
    this.#address = address
    client.on('drain', () => this.#becomeReady())
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
  }

  // hot
  send({ text, values, prepared }: Statement, done: Answered): void {
    this.#ready = false
    this.#client.query(
      // The driver's types want lists that can be changed; it changes none.
      {
        text,
        ...(values === undefined ? {} : { values: values as unknown[] }),
        ...(prepared === undefined ? {} : { name: prepared }),
      },
      (error: Error | null, result: Answer | readonly Answer[]) => {
        if (error) return done(statementFailure(error), undefined)
        this.#ready = true
        // Several statements in one text have an answer each: the last one stands for all.
        done(undefined, Array.isArray(result) ? (result as readonly Answer[]).at(-1) : (result as Answer)) // one of the two
      },
    )
  }

  /** Whether nothing is open: no transaction was left behind. */
  get isIdle(): boolean {
    return this.#client.getTransactionStatus() === 'I'
  }

  /** Calls back when the next statement can be sent, or the connection is lost: an error comes before the database is ready again. */
  whenReady(then: () => void): void {
    if (this.#ready || this.lost) then()
    else this.#whenReady = then
  }

  /** Bytes that came in and went out until now; 0 where the stream does not count. */
  get bytesIn(): number {
    const { stream } = this.#client.connection
    return stream instanceof Socket ? stream.bytesRead : 0
  }

  get bytesOut(): number {
    const { stream } = this.#client.connection
    return stream instanceof Socket ? stream.bytesWritten : 0
  }

  /** Says good-bye. */
  close(): void {
    this.#client.end().catch(() => undefined)
    this.#lose()
  }

  /** Ends it now, whatever goes on there. */
  destroy(): void {
    this.#client.connection.stream.destroy()
    this.#lose()
  }

  /** Asks the database to stop what this connection does, over another one: a statement that nobody waits for keeps its locks otherwise. */
  cancel(): void {
    if (this.lost) return
    // The driver has them, and its types leave them out.
    const { processID, secretKey } = this.#client as unknown as { processID: number | null; secretKey: number | null }
    if (processID === null || secretKey === null) return
    const request = Buffer.alloc(16)
    for (const [i, word] of [16, cancelRequest, processID, secretKey].entries()) request.writeInt32BE(word, i * 4)
    const socket = connect({ host: this.#address.host, port: this.#address.port }, () => socket.end(request))
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.unref()
  }

  #becomeReady(): void {
    this.#ready = true
    const then = this.#whenReady
    this.#whenReady = undefined
    then?.()
  }

  #lose(): void {
    if (this.lost) return
    this.lost = true
    this.onLost?.()
    this.#becomeReady()
  }
}
