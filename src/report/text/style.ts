import picocolors from 'picocolors'
import type { Verdict } from '../../model/run-result.ts'
import { oneLine } from '../plain-text.ts'
import { wrap } from './table.ts'

export type Colours = ReturnType<typeof picocolors.createColors>

export interface Style {
  readonly c: Colours
  readonly width: number
}

export function styleOf(colour: boolean, width: number): Style {
  return { c: picocolors.createColors(colour), width: Math.max(60, Math.min(width, 120)) }
}

export function heading(text: string, { c }: Style): string {
  return c.bold(text)
}

export function indented(text: string, { width }: Style): string[] {
  return wrap(oneLine(text), width - 2).map((line) => `  ${line}`)
}

/** A short mark or label, and a text whose further lines stand under its first. */
export function marked(mark: string, text: string, { width }: Style, paint: (mark: string) => string): string[] {
  const room = Array.from(mark).length + 3
  const [first = '', ...rest] = wrap(oneLine(text), width - room)
  return [`  ${paint(mark)} ${first}`, ...rest.map((line) => ' '.repeat(room) + line)]
}

export function paint(c: Colours, verdict: Verdict): (text: string) => string {
  return verdict === 'passed' ? c.green : verdict === 'failed' || verdict === 'error' ? c.red : c.yellow
}
