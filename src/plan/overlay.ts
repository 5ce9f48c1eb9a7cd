import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import type { Path, ProblemPart } from '../base/check.ts'
import { isRecord } from '../base/check.ts'
import { ToolError, messageOf } from '../base/errors.ts'
import { offsetOf } from './yaml-place.ts'

type Values = Readonly<Record<string, unknown>>

/** Values laid over a plan, and where each of them was written. */
export interface Overlay {
  readonly values: Values
  /** `ci.yml:3:5` or `--set tests.peak.for=30s`; undefined when this overlay does not have the value. */
  locate(path: Path, part: ProblemPart): string | undefined
}

/** `--config FILE.yml` @throws ToolError CONFIG_INVALID */
export function readConfigFile(file: string): Overlay {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ToolError('CONFIG_INVALID', `--config ${file}: ${messageOf(error)}`, { where: file })
  }
  const lines = new LineCounter()
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  // Anchors and merge keys, because environments share most of what they say.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const values = valuesOf(file, document, place)
  if (!isRecord(values))
    throw new ToolError(
      'CONFIG_INVALID',
      `${file}:1:1: expected keys of a plan such as \`tests:\`, got a ${Array.isArray(values) ? 'list' : 'text'}`,
      { where: file },
    )
  return {
    values,
    locate: (path, part) => {
      const offset = offsetOf(document, path, part)
      return offset === undefined ? undefined : place(offset)
    },
  }
}

/** All that is wrong with the YAML itself is told at once. */
function valuesOf(file: string, document: Document.Parsed, place: (offset: number) => string): unknown {
  // A tag that is not known (a warning of the parser) means something that would not be done.
  const mistakes = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }) =>
      `${place(pos[0])}: ${code === 'MULTIPLE_DOCS' ? 'expected one YAML document, got another' : message}`,
  )
  // An alias without its anchor would show only when it is read, and without its place.
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined)
        mistakes.push(`${place(alias.range?.[0] ?? 0)}: expected an anchor \`&${alias.source}\` above this alias, got none`)
    },
  })
  if (mistakes.length > 0) throw new ToolError('CONFIG_INVALID', mistakes.join('\n'), { where: file })
  return document.toJS() ?? {}
}

/** `--set tests.peak.for=30s`; the value is a YAML scalar, list or map. @throws ToolError CONFIG_INVALID */
export function readSetting(text: string): Overlay {
  const wrong = (why: string): ToolError =>
    new ToolError('CONFIG_INVALID', `--set ${text}: ${why}`, {
      hint: 'Write --set tests.peak.for=30s, or --set "tests[\'normal load\'].for=30s".',
    })
  const equals = text.indexOf('=')
  const path = equals < 1 ? undefined : splitPath(text.slice(0, equals))
  if (path === undefined) throw wrong('expected PATH=VALUE')
  let value: unknown
  try {
    const document = parseDocument(text.slice(equals + 1))
    if (document.errors.length > 0) throw document.errors[0] ?? new Error('no YAML')
    value = document.toJS()
  } catch (error) {
    throw wrong(`expected a value in YAML, got ${messageOf(error)}`)
  }
  const values = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  // A path has at least one key, so there is an object around the value.
  return {
    values: values as Values,
    // What is wrong with the object around the value (an unknown name, a second load) came with the value too; the plan as a whole did not.
    locate: (asked) =>
      path.every((key, i) => i >= asked.length || asked[i] === key) && asked.length >= Math.min(path.length, 2)
        ? `--set ${text}`
        : undefined,
  }
}

/** A value that another option laid over the plan: only where it came from. */
export function givenAs(path: Path, option: string): Overlay {
  return { values: {}, locate: (asked) => (path.every((key, i) => asked[i] === key) ? option : undefined) }
}

/** `tests.peak.for`, `tests['normal load'].for`, `tests["a.b"].for` */
function splitPath(text: string): readonly string[] | undefined {
  const keys: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = /^(?:\.?\[(?:'([^']*)'|"([^"]*)"|(\d+))\]|\.?([^.[\]]+))/.exec(rest)
    if (!match) return undefined
    keys.push((match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').trim())
    rest = rest.slice(match[0].length)
  }
  return keys.length > 0 ? keys : undefined
}

/** `over` on top of `base`: objects are merged, everything else (lists, functions) is replaced. Neither is changed. */
export function mergeValues(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValues(base[key], value)
  return merged
}
