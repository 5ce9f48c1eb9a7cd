import type { Finding } from '../model/run-result.ts'
import { finding } from './finding-catalogue.ts'
import type { FindingInput } from './findings.ts'
import { digits } from './format-value.ts'
import { takenStretches } from './pool/index.ts'
import { isWithin } from './stretches.ts'

/** A statement as a database probe reports it (fact `statements`); read with care, because a record may be of another version. */
interface Statement {
  readonly query: string
  readonly calls: number
  readonly totalMs: number
  readonly meanMs: number
  readonly share: number
  readonly rows: number
  readonly blocks: number
}

interface Table {
  readonly table: string
  readonly sequentialScans: number
  readonly sequentialRows: number
  readonly rows: number
}

/** Ours. Below this a statement is not slow, whatever it reads. */
const slowMs = 2
/** Ours. Rows read by one scan of the table that make an index worth while. */
const largeScanRows = 1000
/** Ours. Share of the database's time that a statement must take to matter. */
const dominantShare = 0.25
/** Ours. Slow by any standard of an interactive service, even when no scan explains it. */
const verySlowMs = 200

/**
 * `slow-query`: a statement that runs often (at least once a second), takes a good part of the database's time, and either reads a
 * whole table each time that has more than a thousand rows, or is very slow. A heavy statement that is cached runs seldom: no finding.
 */
export function slowQuery(input: FindingInput): Finding[] {
  const { data, test } = input
  const seconds = Math.max(1, test.loadSec)
  return data.header.plan.probes.flatMap((probe) => {
    if (probe.kind !== 'postgres') return []
    const tables = tablesOf(factsOf(input, probe.service, 'tables'))
    const suspects = statementsOf(factsOf(input, probe.service, 'statements'))
      .filter(
        ({ query, meanMs, calls, share }) =>
          isOfTheTarget(query) && meanMs >= slowMs && calls / seconds >= 1 && share >= dominantShare,
      )
      .map((statement) => ({ statement, scanned: tables.find((table) => isScannedBy(table, statement)) }))
      .filter(({ statement, scanned }) => scanned !== undefined || statement.meanMs >= verySlowMs)
      .sort((a, b) => b.statement.totalMs - a.statement.totalMs)
    const [worst] = suspects
    return worst === undefined ? [] : [finding('slow-query', evidenceOf(worst.statement, worst.scanned))]
  })
}

function evidenceOf({ query, calls, meanMs, share, rows }: Statement, scanned: Table | undefined): string {
  const cost = `${digits(calls)} calls, ${digits(meanMs)} ms on average, ${digits(share * 100)} % of the database's time, ${digits(rows / Math.max(1, calls))} rows each`
  const scan =
    scanned === undefined
      ? ''
      : ` Table ${scanned.table} (${digits(scanned.rows)} rows) was read from end to end ${digits(scanned.sequentialScans)} times.`
  return `${oneLine(query)}: ${cost}.${scan}`
}

/** The table is named in the statement and was scanned about as often as the statement ran, many rows each time. Parallel workers count as a scan each, so more is fine. */
function isScannedBy({ table, sequentialScans, sequentialRows }: Table, { query, calls }: Statement): boolean {
  if (sequentialScans < 0.5 * calls || sequentialRows / Math.max(1, sequentialScans) < largeScanRows) return false
  return new RegExp(`\\b${escaped(table.replace(/^.*\./, ''))}\\b`, 'i').test(query)
}

function isOfTheTarget(query: string): boolean {
  return !/pg_stat|pg_catalog|^\s*(create|alter|vacuum|analyze|copy|begin|commit)\b/i.test(query)
}

/** `connections-near-limit`: ours, nine tenths of the limit (PostgreSQL refuses the one beyond it: SQLSTATE 53300); what a fault or the test of a pool takes is left out. */
export function connectionsNearLimit(input: FindingInput): Finding[] {
  const { data, test, probes } = input
  const taken = takenStretches(input)
  return databases(data.header.plan.probes).flatMap((name) => {
    const limit = probes[`${name}.connections.limit`]?.max
    const readings = test.probe(`${name}.connections.total`, test.judged)
    const totals = readings.flatMap(({ t, value }) => (isWithin(taken, t) ? [] : [value]))
    const states = ['active', 'idle', 'idle_in_transaction'].map((state) => probes[`${name}.connections.${state}`]?.max ?? 0)
    const used = readings.length > 0 ? Math.max(0, ...totals) : states.reduce((a, b) => a + b, 0)
    if (limit === undefined || limit <= 0 || used < 0.9 * limit) return []
    return [
      finding(
        'connections-near-limit',
        `Up to ${digits(used)} of ${digits(limit)} connections of ${name} were taken.`,
        used >= limit ? 'critical' : 'warning',
      ),
    ]
  })
}

/** `lock-contention`: ours, somebody waits for a lock in at least a third of the judged seconds, two or more at a time on average of those. */
export function lockContention({ data, test }: FindingInput): Finding[] {
  return databases(data.header.plan.probes).flatMap((name) => {
    const waits = test.probe(`${name}.locks.waiting`, test.judged).map(({ value }) => value)
    const waiting = waits.filter((value) => value > 0)
    if (waits.length < 5 || waiting.length < waits.length / 3) return []
    const mean = waiting.reduce((a, b) => a + b, 0) / waiting.length
    if (mean < 2) return []
    const evidence = `In ${waiting.length} of ${waits.length} seconds transactions of ${name} waited for locks, up to ${digits(Math.max(...waiting))} at a time.`
    return [finding('lock-contention', evidence)]
  })
}

function databases(probes: FindingInput['data']['header']['plan']['probes']): string[] {
  return probes.flatMap((probe) => (probe.kind === 'postgres' ? [probe.service] : []))
}

/** Facts learnt from the start of this test's load until the next test begins. */
function factsOf({ data, test }: FindingInput, probe: string, fact: string): unknown[] {
  const from = test.loadStartSec ?? test.startSec
  const next = data.tests.filter((other) => other.startSec > test.startSec).map((other) => other.loadStartSec ?? other.startSec)
  const to = Math.min(Infinity, ...next)
  return data.facts
    .filter((one) => one.probe === probe && one.fact === fact && one.t >= from && one.t <= to)
    .map((one) => one.value)
}

function statementsOf(facts: readonly unknown[]): Statement[] {
  const merged = new Map<string, Statement>()
  for (const fact of facts) {
    // One fact lists a statement twice when it is among the slowest by both orders.
    const lists = isRecord(fact) ? [...listOf(fact['byTotal']), ...listOf(fact['byMean'])] : listOf(fact)
    const once = new Map(lists.filter(isRecord).map((row) => [String(row['query']), row]))
    for (const [query, row] of once) {
      const before = merged.get(query)
      const calls = numberOf(row['calls']) + (before?.calls ?? 0)
      const totalMs = numberOf(row['totalMs']) + (before?.totalMs ?? 0)
      const blocks = numberOf(row['blocksHit']) + numberOf(row['blocksRead']) + (before?.blocks ?? 0)
      const rows = numberOf(row['rows']) + (before?.rows ?? 0)
      merged.set(query, {
        query,
        calls,
        totalMs,
        rows,
        blocks,
        meanMs: totalMs / Math.max(1, calls),
        share: Math.max(numberOf(row['share']), before?.share ?? 0),
      })
    }
  }
  return [...merged.values()]
}

function tablesOf(facts: readonly unknown[]): Table[] {
  const merged = new Map<string, Table>()
  for (const row of facts.flatMap(listOf).filter(isRecord)) {
    const table = String(row['table'])
    const before = merged.get(table)
    merged.set(table, {
      table,
      sequentialScans: numberOf(row['sequentialScans']) + (before?.sequentialScans ?? 0),
      sequentialRows: numberOf(row['sequentialRows']) + (before?.sequentialRows ?? 0),
      rows: numberOf(row['rows']),
    })
  }
  return [...merged.values()]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function oneLine(query: string): string {
  const text = query.replace(/\s+/g, ' ').trim()
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
