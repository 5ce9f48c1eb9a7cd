import { readText } from './messages.ts'

/** Words that begin, end or divide a transaction. */
const control = /^(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i
const blank = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/

/** Whether a statement is about the transaction itself. */
export function isControl(sql: string): boolean {
  return control.test(sql.replace(blank, ''))
}

/** Remembers which prepared statements and portals of a connection are about the transaction itself: they are few. */
export class StatementNames {
  readonly #statements = new Set<string>()
  readonly #portals = new Set<string>()

  parsed(content: Buffer): void {
    const { text: name, end } = readText(content, 0)
    mark(this.#statements, name, isControl(readText(content, end).text))
  }

  bound(content: Buffer): void {
    const { text: portal, end } = readText(content, 0)
    mark(this.#portals, portal, this.#statements.has(readText(content, end).text))
  }

  /** @param content of an Execute */
  executesControl(content: Buffer): boolean {
    return this.#portals.has(readText(content, 0).text)
  }
}

function mark(names: Set<string>, name: string, isIn: boolean): void {
  if (isIn) names.add(name)
  else names.delete(name)
}
