import type { Path, Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { ProcessServiceSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { resolveCwd, resolveStart } from './resolve-command.ts'

const keys = ['kind', 'start', 'url', 'cwd', 'env', 'ready', 'readyTimeout', 'stopTimeout'] as const

/** What is spoken below each scheme: what our proxy understands of it. */
const protocols = { 'http:': 'http', 'postgres:': 'postgres', 'postgresql:': 'postgres', 'tcp:': 'tcp' } as const
const urlExamples = "a URL of this machine such as 'http://127.0.0.1:0' or 'tcp://127.0.0.1:9000'"

/** A service that the plan gives the command of. */
export function resolveProcess(problems: Problems, path: Path, value: unknown, dir: string): ProcessServiceSpec {
  const fields = new Fields(problems, path, value, keys)
  if (!fields.has('start')) fields.wrong('start', "a command such as 'node payments.js'")
  const address = resolveUrl(fields)
  const ready = fields.string('ready', "a path such as '/health'")
  if (ready !== undefined && !/^(\/|https?:\/\/)/.test(ready)) fields.wrong('ready', "a path such as '/health', or a URL")
  else if (ready?.startsWith('/') === true && address.protocol !== 'http')
    fields.wrong('ready', 'a URL, as this service does not speak HTTP at its own')
  return {
    kind: 'process',
    ...address,
    start: resolveStart(fields) ?? [],
    cwd: resolveCwd(fields, dir),
    env: resolveEnv(fields),
    ...(ready === undefined ? {} : { ready }),
    readyTimeoutSec: (fields.durationMs('readyTimeout') ?? 30_000) / 1000,
    stopTimeoutSec: (fields.durationMs('stopTimeout', 'zero') ?? 10_000) / 1000,
  }
}

/** On loopback only: it is started here. */
function resolveUrl(fields: Fields): Pick<ProcessServiceSpec, 'url' | 'protocol'> {
  const text = fields.string('url', urlExamples) ?? 'http://127.0.0.1:0'
  const url = URL.canParse(text) ? new URL(text) : undefined
  const protocol = Object.entries(protocols).find(([scheme]) => scheme === url?.protocol)?.[1]
  const isHere = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (isHere && protocol !== undefined && (url.port !== '' || protocol === 'http'))
    return { url: text.replace(/\/+$/, ''), protocol }
  fields.wrong('url', urlExamples)
  return { url: 'http://127.0.0.1:0', protocol: 'http' }
}

function resolveEnv(fields: Fields): Readonly<Record<string, string>> {
  const value = fields.raw('env')
  if (value === undefined) return {}
  if (!isRecord(value)) {
    fields.wrong('env', 'an object of texts, numbers and booleans')
    return {}
  }
  const env: Record<string, string> = {}
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') env[name] = String(item)
    else if (item !== undefined) fields.problems.add([...fields.at('env'), name], 'a text, number or boolean', item)
  }
  return env
}
