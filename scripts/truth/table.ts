import type { TruthRow } from './row.ts'
import { wrongOf } from './row.ts'
import { wilson } from './wilson.ts'

/** Rows that are worse than promised by more than chance: the whole Wilson interval lies above. */
export function broken(rows: readonly TruthRow[]): readonly TruthRow[] {
  return rows.filter((row) => wilson(wrongOf(row), row.seeds.length)[0] > row.promise)
}

export function table(rows: readonly TruthRow[]): string {
  const body = rows.map((row) => {
    const { detector, system, expected, isBroken, seeds, wrong, figures } = row
    const count = wrongOf(row)
    const [low, high] = wilson(count, seeds.length)
    const said = Object.entries(wrong).map(([what, times]) => `${String(times)} × ${what}`)
    const cells = [
      detector,
      system,
      expected,
      isBroken ? '–' : `${String(count)} of ${String(seeds.length)}`,
      isBroken ? `${String(count)} of ${String(seeds.length)}` : '–',
      `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`,
      [...said, ...(figures === undefined ? [] : [figures])].join('; '),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '| detector | system | must say | false alarms | misses | Wilson 95 % | said instead; figures |',
    '|---|---|---|---|---|---|---|',
    ...body,
  ].join('\n')
}
