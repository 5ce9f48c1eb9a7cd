import type { Goal } from './goals.ts'
import type { ToolResult } from './rounds.ts'

export type Row = readonly string[]

/** The comparison, fastest first. */
export function toolRows(results: readonly ToolResult[], unit = 'request'): readonly Row[] {
  const own = results.find(({ name }) => name === 'proofload')?.median.cpuMicros ?? NaN
  const header = ['tool', `${unit}s/s`, `CPU a ${unit}`, 'ratio', 'whole run', 'p99', 'peak memory']
  const measured = results.filter(({ rounds }) => rounds.length > 0)
  const rows = [...measured]
    .sort((a, b) => a.median.cpuMicros - b.median.cpuMicros)
    .map(({ name, version, median }) => [
      `${name} ${version}`.trim(),
      Math.round(median.perSec).toLocaleString('en'),
      `${median.cpuMicros.toFixed(2)} µs`,
      (median.cpuMicros / own).toFixed(2),
      `${median.wholeCpuMicros.toFixed(2)} µs`,
      median.p99Ms === null ? '–' : `${median.p99Ms.toFixed(2)} ms`,
      `${(median.peakBytes / 1e6).toFixed(0)} MB`,
    ])
  return [header, ...rows]
}

export function goalRows(goals: readonly Goal[]): readonly Row[] {
  const word = (met: boolean | undefined): string => (met === undefined ? 'unknown' : met ? 'yes' : '**no**')
  return [['goal', 'measured', 'met'], ...goals.map(({ text, measured, met }) => [text, measured, word(met)])]
}

export function plainTable(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: Row): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return rows.map(line).join('\n')
}

/** Aligned as the formatter does it, so that a rewritten page passes the check of formatting. */
export function markdownTable(rows: readonly Row[]): string {
  const [header = [], ...body] = rows
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: Row): string => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(header), rule, ...body.map(line)].join('\n')
}
