import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Problems } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import type { TargetSpec } from '../model/plan-spec.ts'
import { Fields } from './fields.ts'
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
  const cwd = fields.string('cwd', 'a folder')
  const folder = cwd === undefined ? nearestPackage(dir) : isAbsolute(cwd) ? cwd : resolve(dir, cwd)
  if (cwd !== undefined && !existsSync(folder)) fields.wrong('cwd', `a folder that exists (looked at ${folder})`)
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

function resolveStart(fields: Fields): readonly string[] | undefined {
  const value = fields.raw('start')
  if (value === undefined) return undefined
  const words = typeof value === 'string' ? splitWords(value) : value
  if (Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === 'string')) return words
  fields.wrong(
    'start',
    "a command such as 'node server.js'",
    typeof value === 'string' && words === undefined ? 'A quote is not closed.' : undefined,
  )
  return undefined
}

function resolveAttach(fields: Fields): TargetSpec['attach'] {
  const pid = fields.count('pid', 1)
  const port = fields.count('port', 1)
  if (pid !== undefined && port !== undefined)
    fields.problems.addText(['target'], 'one of `start`, `pid` and `port`', '`pid` and `port`')
  return pid === undefined ? (port === undefined ? undefined : { port }) : { pid }
}

/** Words of a command as a shell would split it, without anything else that a shell does; undefined when a quote is not closed. */
export function splitWords(command: string): readonly string[] | undefined {
  const words: string[] = []
  let rest = command.trim()
  while (rest !== '') {
    const word = /^(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/.exec(rest)?.[0]
    if (word === undefined) return undefined
    words.push(
      word.replace(
        /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) => escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single ?? '',
      ),
    )
    rest = rest.slice(word.length)
    if (rest !== '' && !/^\s/.test(rest)) return undefined
    rest = rest.trimStart()
  }
  return words
}

/** The folder of the nearest `package.json` above the plan, else the plan's own. */
function nearestPackage(dir: string): string {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return dir
  }
}
