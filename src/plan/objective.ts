import { listWords, nearest } from '../base/check.ts'
import { readDuration } from '../base/duration.ts'
import { ToolError } from '../base/errors.ts'
import type { MetricRef, ObjectiveSpec } from '../model/objective-spec.ts'
import type { MetricInfo, MetricScope, SelectorKind } from './objective-metrics.ts'
import { findMetric } from './objective-metrics.ts'
import { readValue, valueExamples, valueHint } from './objective-values.ts'

/** A mistake in an objective: where (from 1), what should stand there, and what does. */
export interface ObjectiveMistake {
  readonly column: number
  readonly expected: string
  readonly got: string
  readonly hint?: string
}

export interface ObjectiveContext extends MetricScope {
  /** `for DURATION` belongs to stop conditions only. */
  readonly stopWhen: boolean
}

const noScope: ObjectiveContext = { metrics: [], prefixes: [], stopWhen: false }

/** Reads `METRIC[(NAME)] OP VALUE [over DURATION | for DURATION] [during PHASE]`, or says where it goes wrong. */
export function readObjective(
  text: string,
  context: ObjectiveContext = noScope,
): { readonly spec: ObjectiveSpec } | { readonly mistake: ObjectiveMistake } {
  try {
    return { spec: new Parser(text, context).objective() }
  } catch (thrown) {
    if (thrown instanceof Mistake) return { mistake: thrown.mistake }
    throw thrown
  }
}

/** As {@link readObjective}; a mistake is an error with a line that points at the column. */
export function parseObjective(text: string, where: string, context: ObjectiveContext = noScope): ObjectiveSpec {
  const read = readObjective(text, context)
  if ('spec' in read) return read.spec
  const { expected, got, hint } = describeMistake(text, read.mistake)
  throw new ToolError('PLAN_INVALID', `${where}: expected ${expected}, got ${got}${hint}`, { where })
}

/** The words of a mistake with the caret line under the objective. */
export function describeMistake(
  text: string,
  { column, expected, got, hint }: ObjectiveMistake,
): { readonly expected: string; readonly got: string; readonly hint: string } {
  const advice = hint === undefined ? '' : `\n      ${hint}`
  return { expected: `${expected} at column ${column}`, got, hint: `\n      ${text}\n      ${' '.repeat(column - 1)}^${advice}` }
}

class Mistake extends Error {
  readonly mistake: ObjectiveMistake
  constructor(mistake: ObjectiveMistake) {
    super(mistake.expected)
    this.mistake = mistake
  }
}

const operators = ['<=', '>=', '!=', '<', '>', '='] as const

class Parser {
  readonly #text: string
  readonly #context: ObjectiveContext
  #at = 0

  constructor(text: string, context: ObjectiveContext) {
    this.#text = text
    this.#context = context
  }

  objective(): ObjectiveSpec {
    const name = this.#metricName()
    const info = this.#metricInfo(name)
    const selector = this.#selector(name, info)
    const op = this.#operator(info)
    const value = this.#value(name, info)
    const window = this.#window()
    const during = this.#during()
    const metric: MetricRef = { name, ...(selector === undefined ? {} : { selector }) }
    return { text: this.#text.trim(), metric, op, ...value, ...window, ...(during === undefined ? {} : { during }) }
  }

  #metricName(): string {
    this.#space()
    const name = /^[A-Za-z_][\w.-]*/.exec(this.#rest())?.[0]
    if (name === undefined) throw this.#mistake('a metric such as `p95`, `errors` or `target.cpu`')
    this.#at += name.length
    return name
  }

  #metricInfo(name: string): MetricInfo {
    const found = findMetric(name, this.#context)
    if (!('near' in found)) {
      if (!this.#context.stopWhen || found.afterwards !== true) return found
      throw this.#mistakeAt(
        this.#at - name.length,
        'a metric that is known while the load runs',
        `\`${name}\``,
        `\`${name}\` is known when the test is over: it belongs to \`objectives\`.`,
      )
    }
    const near = found.near.length > 0 ? `Did you mean ${listWords(found.near)}?` : undefined
    throw this.#mistakeAt(this.#at - name.length, 'a metric such as `p95`, `errors` or `target.cpu`', `\`${name}\``, near)
  }

  /** `(POST /orders)`, `(step:checkout)`, `("odd) name")`; parentheses within a name must pair. */
  #selector(name: string, info: MetricInfo): MetricRef['selector'] {
    this.#space()
    if (this.#text[this.#at] !== '(') {
      if (info.named === true)
        throw this.#mistake(`the name of a ${info.selectors.join(', ')} after \`${name}\`, such as \`${name}(payments)\``)
      return undefined
    }
    const opened = this.#at
    if (info.selectors.length === 0) throw this.#mistake(`an operator after \`${name}\`, which takes no name`, '`(`')
    this.#at++
    this.#space()
    const kindText = /^(request|step|scenario|check|fault|limiter|link|attack):/.exec(this.#rest())?.[1]
    const kind = (kindText ?? info.selectors[0]) as SelectorKind // the pattern lists exactly the kinds
    if (!info.selectors.includes(kind)) throw this.#mistake(`a ${info.selectors.join(', ')} after \`${name}(\``, `\`${kind}:\``)
    this.#at += kindText === undefined ? 0 : kindText.length + 1
    const selected = this.#selectedName(opened)
    if (selected === '') throw this.#mistakeAt(opened + 1, `the name of a ${info.selectors.join(', ')}`, 'nothing')
    return { kind, name: selected }
  }

  #selectedName(opened: number): string {
    const quoted = /^\s*("(?:[^"\\]|\\.)*")\s*\)/.exec(this.#rest())
    if (quoted?.[1] !== undefined) {
      this.#at += quoted[0].length
      return unquote(quoted[1])
    }
    const from = this.#at
    let depth = 1
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]
      if (char === '(') depth++
      if (char === ')' && --depth === 0) return this.#text.slice(from, this.#at++).trim()
    }
    throw this.#mistakeAt(this.#text.length, `\`)\` for the parenthesis at column ${opened + 1}`, 'the end')
  }

  #operator({ values }: MetricInfo): ObjectiveSpec['op'] {
    this.#space()
    const rest = this.#rest()
    const allowed = values === undefined ? operators : (['!=', '='] as const)
    const op = allowed.find((sign) => rest.startsWith(sign))
    if (op === undefined) throw this.#mistake(`one of ${listWords(allowed)}`)
    if (rest.startsWith('==')) throw this.#mistake('one of ' + listWords(allowed), '`==`', 'Write `=`.')
    this.#at += op.length
    return op
  }

  #value(metric: string, info: MetricInfo): Pick<ObjectiveSpec, 'value' | 'unit' | 'word'> {
    const { unit, expected, values } = info
    this.#space()
    const word = /^[^\s]+/.exec(this.#rest())?.[0] ?? ''
    if (values !== undefined) return this.#word(metric, word, values)
    const read = readValue(word, unit, expected)
    if (read === undefined)
      throw this.#mistake(
        `${expected?.words ?? valueExamples(unit)} for \`${metric}\``,
        word === '' ? 'the end' : `\`${word}\``,
        expected === undefined ? valueHint(word, unit) : undefined,
      )
    this.#at += word.length
    return { value: read.value, ...(read.unit === undefined ? {} : { unit: read.unit }) }
  }

  #word(metric: string, word: string, values: readonly string[]): { readonly value: 0; readonly word: string } {
    if (!values.includes(word)) {
      const near = nearest(word, values)
      throw this.#mistake(
        `one of ${listWords(values)} for \`${metric}\``,
        word === '' ? 'the end' : `\`${word}\``,
        near === undefined ? undefined : `Did you mean \`${near}\`?`,
      )
    }
    this.#at += word.length
    return { value: 0, word }
  }

  #window(): { readonly overSec?: number; readonly forSec?: number } {
    this.#space()
    const word = /^(over|for)\b/.exec(this.#rest())?.[1]
    if (word === undefined) return {}
    if (word === 'for' && !this.#context.stopWhen) {
      throw this.#mistake(
        '`over DURATION`, `during PHASE` or the end',
        '`for`',
        '`for` belongs to stopWhen (true without a break); `over 10s` judges every window of 10 s.',
      )
    }
    this.#at += word.length
    this.#space()
    const text = /^[\w.]+/.exec(this.#rest())?.[0] ?? ''
    const ms = readDuration(text)
    if (ms === undefined || ms === 0) throw this.#mistake(`a duration such as \`10s\` after \`${word}\``)
    this.#at += text.length
    return word === 'over' ? { overSec: ms / 1000 } : { forSec: ms / 1000 }
  }

  #during(): string | undefined {
    this.#space()
    if (this.#rest() === '') return undefined
    const word = /^during\b/.exec(this.#rest())?.[0]
    if (word === undefined)
      throw this.#mistake(this.#context.stopWhen ? '`over`, `for`, `during` or the end' : '`over`, `during` or the end')
    this.#at += word.length
    this.#space()
    const rest = this.#rest().trim()
    if (rest === '') throw this.#mistake('the name of a phase after `during`')
    this.#at = this.#text.length
    return /^"(?:[^"\\]|\\.)*"$/.test(rest) ? unquote(rest) : rest
  }

  #rest(): string {
    return this.#text.slice(this.#at)
  }

  #space(): void {
    this.#at += /^\s*/.exec(this.#rest())?.[0].length ?? 0
  }

  #mistake(expected: string, got?: string, hint?: string): Mistake {
    return this.#mistakeAt(this.#at, expected, got ?? wordAt(this.#rest()), hint)
  }

  #mistakeAt(at: number, expected: string, got: string, hint?: string): Mistake {
    return new Mistake({ column: at + 1, expected, got, ...(hint === undefined ? {} : { hint }) })
  }
}

function wordAt(rest: string): string {
  const word = /^\S+/.exec(rest)?.[0]
  return word === undefined ? 'the end' : `\`${word}\``
}

/** A JSON string, as {@link formatObjective} writes names that would not survive bare. */
function unquote(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}
