import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeExtremes, judgeRequests } from './goals.ts'
import type { Goal } from './goals.ts'
import type { Extremes } from './extremes.ts'
import { judgeIdleProxy } from './idle-proxy.ts'
import type { IdleProxy } from './idle-proxy.ts'
import { judgeProtocols } from './protocols.ts'
import type { Protocols } from './protocols.ts'
import type { ToolResult } from './rounds.ts'
import { goalRows, toolRows } from './table.ts'
import type { Row } from './table.ts'

const resultsFile = join(import.meta.dirname, '..', 'results.json')

/** With when, where and how it was measured: a part that a run leaves out stays as an earlier run wrote it. */
interface Part<T> {
  readonly at: string
  readonly machine: string
  /** Target and generator had a core each. */
  readonly pinned: boolean
  readonly rounds: number
  readonly seconds: number
  readonly measured: T
}

/** The tools beside each other, asking one target. */
export interface Requests {
  readonly target: string
  readonly users: number
  readonly results: readonly ToolResult[]
}

export interface Measured {
  readonly requests?: Requests | undefined
  readonly extremes?: Extremes | undefined
  readonly idleProxy?: IdleProxy | undefined
  readonly protocols?: Protocols | undefined
}

type Parts = { readonly [K in keyof Measured]?: Part<NonNullable<Measured[K]>> }

/** What `results.json` holds. */
export interface Report extends Parts {
  readonly schema: 'proofload.bench/2'
}

type How = Omit<Part<unknown>, 'measured'>

export function createReport(measured: Measured, how: How): Report {
  const part = <T>(of: T | undefined): Part<T> | undefined => (of === undefined ? undefined : { ...how, measured: of })
  const parts = {
    requests: part(measured.requests),
    extremes: part(measured.extremes),
    idleProxy: notPinned(part(measured.idleProxy)),
    protocols: part(measured.protocols),
  }
  return { schema: 'proofload.bench/2', ...known(parts) }
}

function notPinned<T>(part: Part<T> | undefined): Part<T> | undefined {
  return part && { ...part, pinned: false }
}

function known(parts: { readonly [K in keyof Parts]: Parts[K] | undefined }): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}

/** Puts what was measured now over what was written before, and returns all of it. */
export function writeResults(now: Report): Report {
  const before: unknown = JSON.parse(readFileSync(resultsFile, 'utf8'))
  const all = isReport(before) ? { ...before, ...now } : now
  writeFileSync(resultsFile, reportJson(all))
  return all
}

export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

/** An older schema had no parts. */
function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'proofload.bench/2'
}

/** A part of the report for people. */
export interface Chapter {
  readonly title: string
  /** When and where. */
  readonly how: string
  readonly tables: readonly { readonly about?: string; readonly rows: readonly Row[] }[]
  /** Rounds that gave nothing, with why. */
  readonly failures: readonly string[]
}

export function chaptersOf({ requests, extremes, idleProxy, protocols }: Report): readonly Chapter[] {
  return [
    ...chapter('Requests', requests, ({ target, users, results }) => ({
      tables: [
        { about: `${users} users at once. Target: ${target}.`, rows: toolRows(results) },
        { rows: goalRows(judgeRequests(results)) },
      ],
      failures: failuresOf(results),
    })),
    ...chapter('Many users, and arrivals on time', extremes && once(extremes), (measured) => goalsOnly(judgeExtremes(measured))),
    ...chapter('The idle proxy', idleProxy, (measured) => goalsOnly(judgeIdleProxy(measured))),
    ...chapter('WebSocket, TCP and SQL', protocols, (measured) => ({
      tables: [
        ...measured.compared.map(({ title, users, target, unit, results }) => ({
          about: `${title}, ${users} at once. Target: ${target}.`,
          rows: toolRows(results, unit),
        })),
        { rows: goalRows(judgeProtocols(measured)) },
      ],
      failures: measured.compared.flatMap(({ results }) => failuresOf(results)),
    })),
  ]
}

function chapter<T>(
  title: string,
  part: Part<T> | undefined,
  body: (measured: T) => Pick<Chapter, 'tables' | 'failures'>,
): readonly Chapter[] {
  if (part === undefined) return []
  const { at, machine, pinned, rounds, seconds } = part
  const cores = pinned ? 'target and generator on a core each' : 'nothing pinned'
  const how = `${at.slice(0, 10)}; ${machine}, ${cores}. ${rounds === 1 ? 'One run' : `Medians of ${rounds} rounds of ${seconds} s`}.`
  return [{ title, how, ...body(part.measured) }]
}

/** Measured in one run, however many rounds there were of the rest. */
const once = <T>(part: Part<T>): Part<T> => ({ ...part, rounds: 1 })

const goalsOnly = (goals: readonly Goal[]): Pick<Chapter, 'tables' | 'failures'> => ({
  tables: [{ rows: goalRows(goals) }],
  failures: [],
})

const failuresOf = (results: readonly ToolResult[]): readonly string[] =>
  results.flatMap(({ name, failure }) => (failure === undefined ? [] : `${name}: ${failure}`))
