import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Fields } from './fields.ts'

export function resolveStart(fields: Fields): readonly string[] | undefined {
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

/** The folder that a command runs in. */
export function resolveCwd(fields: Fields, dir: string): string {
  const cwd = fields.string('cwd', 'a folder')
  const folder = cwd === undefined ? nearestPackage(dir) : isAbsolute(cwd) ? cwd : resolve(dir, cwd)
  if (cwd !== undefined && !existsSync(folder)) fields.wrong('cwd', `a folder that exists (looked at ${folder})`)
  return folder
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
