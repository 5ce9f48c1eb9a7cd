import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { Problems } from '../base/check.ts'
import { messageOf } from '../base/errors.ts'
import type { HttpSpec, TlsSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'

const httpKeys = [
  'timeout',
  'headers',
  'redirects',
  'tls',
  'connections',
  'maxConnectionsPerUser',
  'maxConnections',
  'keepAlive',
  'localAddresses',
  'keepBody',
  'maxBody',
  'maxHeader',
] as const

/** `http` of a plan with its defaults; `secrets` gets what must not be written, such as a client's key. */
export function resolveHttp(problems: Problems, value: unknown, dir: string, secrets: string[]): HttpSpec {
  const fields = new Fields(problems, ['http'], value, httpKeys)
  const timeouts = resolveTimeouts(fields)
  return {
    ...timeouts,
    headers: fields.texts('headers') ?? {},
    maxRedirects: fields.count('redirects', 0) ?? 5,
    connections: fields.oneOf('connections', ['per-user', 'shared', 'auto']) ?? 'auto',
    maxConnectionsPerUser: fields.count('maxConnectionsPerUser', 1) ?? 6,
    maxConnections: fields.count('maxConnections', 1) ?? 4096,
    keepAlive: fields.boolean('keepAlive') ?? true,
    maxHeaderBytes: fields.bytes('maxHeader') ?? 65_536,
    maxBodyBytes: fields.bytes('maxBody') ?? 1e9,
    keptBodyBytes: fields.bytes('keepBody') ?? 8e6,
    localAddresses: resolveAddresses(fields),
    tls: resolveTls(fields, dir, secrets),
  }
}

function resolveTimeouts(fields: Fields): Pick<HttpSpec, 'connectTimeoutMs' | 'firstByteTimeoutMs' | 'timeoutMs'> {
  const value = fields.raw('timeout')
  const parts =
    typeof value === 'object'
      ? new Fields(fields.problems, fields.at('timeout'), value, ['connect', 'firstByte', 'total'])
      : undefined
  const timeoutMs = (parts ? parts.durationMs('total') : fields.durationMs('timeout')) ?? 30_000
  return {
    timeoutMs,
    connectTimeoutMs: parts?.durationMs('connect') ?? Math.min(5000, timeoutMs),
    firstByteTimeoutMs: parts?.durationMs('firstByte') ?? timeoutMs,
  }
}

function resolveAddresses(fields: Fields): readonly string[] {
  const value = fields.raw('localAddresses')
  const list =
    typeof value === 'string' ? [value] : (fields.strings('localAddresses', "addresses such as '127.0.0.2-50', or a list") ?? [])
  return list.flatMap((text) => {
    const addresses = addressRange(text)
    if (addresses.length === 0)
      fields.problems.add(fields.at('localAddresses'), "addresses such as '127.0.0.2' or '127.0.0.2-50'", text)
    return addresses
  })
}

/** `127.0.0.2-50` → 127.0.0.2 … 127.0.0.50; nothing when it is no IPv4 address or range. */
export function addressRange(text: string): readonly string[] {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:-(\d{1,3}))?$/.exec(text.trim())
  if (!match) return []
  const [a, b, c, from, to] = match.slice(1).map((part: string | undefined) => (part === undefined ? undefined : Number(part)))
  const last = to ?? from
  if (from === undefined || last === undefined || last < from || [a, b, c, last].some((part) => part === undefined || part > 255))
    return []
  return Array.from({ length: last - from + 1 }, (_, i) => [a, b, c, from + i].join('.'))
}

function resolveTls(http: Fields, dir: string, secrets: string[]): TlsSpec {
  const fields = new Fields(http.problems, http.at('tls'), http.raw('tls'), ['verify', 'servername', 'ca', 'cert', 'key'])
  const servername = fields.string('servername')
  const [ca, cert, key] = (['ca', 'cert', 'key'] as const).map((name) => readPem(fields, name, dir))
  if (key !== undefined) secrets.push(key)
  if ((cert === undefined) !== (key === undefined))
    http.problems.addText(http.at('tls'), 'both of `cert` and `key`', cert === undefined ? 'only `key`' : 'only `cert`')
  return {
    rejectUnauthorized: fields.boolean('verify') ?? true,
    ...(servername === undefined ? {} : { servername }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

function readPem(fields: Fields, name: string, dir: string): string | undefined {
  const text = fields.string(name, 'a PEM text, or the path of a PEM file')
  if (text === undefined || text.includes('-----BEGIN')) return text
  const path = isAbsolute(text) ? text : resolve(dir, text)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    fields.problems.addText(fields.at(name), 'a PEM text, or the path of a PEM file', messageOf(error))
    return undefined
  }
}
