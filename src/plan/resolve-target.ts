import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
import { resolveCwd, resolveStart } from './resolve-command.ts'
import { resolveLimits } from './resolve-limits.ts'

const targetKeys = [
  'url',
  'start',
  'cwd',
  'env',
  'ready',
  'readyTimeout',
  'stopTimeout',
  'metrics',
  'monitor',
  'pid',
  'port',
  'limits',
  'preload',
] as const

export function resolveTarget(problems: Problems, value: unknown, dir: string): TargetSpec | undefined {
  if (value === undefined) return undefined
  const fields = new Fields(problems, ['target'], value, targetKeys)
  const url = resolveUrl(fields)
  const start = resolveStart(fields)
  const attach = resolveAttach(fields)
  if (fields.has('start') && attach !== undefined)
    problems.addText(['target'], 'one of `start`, `pid` and `port`', '`start` and another')
  const env = fields.raw('env')
  if (env !== undefined && typeof env !== 'function' && !isRecord(env))
    fields.wrong('env', 'an object, or a function that gives one')
  const folder = resolveCwd(fields, dir)
  const limits = resolveLimits(problems, ['target', 'limits'], fields.raw('limits'))
  if (limits !== undefined && !fields.has('start'))
    fields.wrong('limits', 'no `limits` without `start`', 'Limits are laid on a process when it starts.')
  const ready = fields.string('ready', "a path such as '/health'")
  const metrics = fields.string('metrics', "a path such as '/metrics'")
  for (const [key, page] of [
    ['ready', ready],
    ['metrics', metrics],
  ] as const) {
    if (page !== undefined && !/^(\/|https?:\/\/)/.test(page)) fields.wrong(key, "a path such as '/health', or a URL")
    else if (page?.startsWith('/') && url === undefined && !fields.has('url'))
      fields.wrong(key, 'a URL, as the target has none to start from')
  }
  return {
    ...(url === undefined ? {} : { url }),
    ...(start === undefined ? {} : { start }),
    cwd: folder,
    ...(attach === undefined ? {} : { attach }),
    ...(ready === undefined ? {} : { ready }),
    readyTimeoutSec: (fields.durationMs('readyTimeout') ?? 30_000) / 1000,
    stopTimeoutSec: (fields.durationMs('stopTimeout', 'zero') ?? 10_000) / 1000,
    ...(metrics === undefined ? {} : { metrics }),
    ...(limits === undefined ? {} : { limits }),
    ...(fields.boolean('preload') === true ? { preload: true } : {}),
  }
}

function resolveUrl(fields: Fields): string | undefined {
  const text = fields.string('url', "a URL such as 'http://127.0.0.1:8080'")
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    fields.wrong('url', "a URL such as 'http://127.0.0.1:8080'")
    return undefined
  }
  return text.trim().replace(/\/+$/, '')
}

function resolveAttach(fields: Fields): TargetSpec['attach'] {
  const pid = fields.count('pid', 1)
  const port = fields.count('port', 1)
  if (pid !== undefined && port !== undefined)
    fields.problems.addText(['target'], 'one of `start`, `pid` and `port`', '`pid` and `port`')
  return pid === undefined ? (port === undefined ? undefined : { port }) : { pid }
}
