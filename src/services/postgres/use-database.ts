import { Client } from 'pg'
import { ToolError, messageOf } from '../../base/errors.ts'
import type { RunningService, ServiceOptions } from '../running-service.ts'

/** A database that runs already, at the address that an environment variable holds. It is never stopped. */
export async function useDatabase(
  name: string,
  variable: string,
  { env = process.env }: ServiceOptions,
): Promise<RunningService> {
  const url = env[variable] ?? ''
  const where = `services.${name}`
  if (url === '') {
    throw new ToolError(
      'SERVICE_NOT_STARTED',
      `Expected the environment variable ${variable} to hold the address of the database \`${where}\`, but it is not set.`,
      {
        where,
        hint: `Set it, e.g. ${variable}=postgres://user:password@127.0.0.1:5432/shop, or leave \`urlFromEnv\` out to have one started.`,
      },
    )
  }
  const secrets = passwordOf(url)
  try {
    const version = await versionOf(url)
    return { name, url, version, secrets, exited: new Promise(() => undefined), stop: () => Promise.resolve() }
  } catch (thrown) {
    throw new ToolError(
      'SERVICE_NOT_STARTED',
      `The database that ${variable} names cannot be reached: ${withoutSecrets(messageOf(thrown), secrets)}.`,
      { where, hint: 'Start that database, or leave `url` away: then one is started for the run.' },
    )
  }
}

/** Connects once. */
export async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'proofload' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]?.server_version ?? ''
  } finally {
    await client.end().catch(() => undefined)
  }
}

function passwordOf(url: string): string[] {
  try {
    const { password } = new URL(url)
    return password === '' ? [] : [...new Set([password, decodeURIComponent(password)])]
  } catch {
    return [url]
  }
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
}
