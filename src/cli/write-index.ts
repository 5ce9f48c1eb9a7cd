import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { RunResult } from '../model/run-result.ts'
import { renderIndex } from '../report/index.ts'

/** Index of the result folders of several plans, for people and for machines. */
export function writeIndex(out: string, runs: readonly { readonly result: RunResult; readonly folder: string }[]): void {
  mkdirSync(out, { recursive: true })
  const rows = runs.map(({ result, folder }) => ({ result, folder: relative(out, folder) }))
  const machine = rows.map(({ result: { name, verdict, exitCode }, folder }) => ({ name, verdict, exitCode, folder }))
  writeFileSync(join(out, 'index.json'), `${JSON.stringify({ schema: 'proofload.index/1', runs: machine }, null, 2)}\n`)
  writeFileSync(join(out, 'index.html'), renderIndex(rows))
}
