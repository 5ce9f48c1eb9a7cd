import { Client } from 'pg'

/** A connection that is not open yet, with a name by which it is told from those of the target. */
export function databaseClient(url: string): Client {
  return new Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'proofload' })
}
