import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { RunResult } from '../model/run-result.ts'

/** Index of the result folders of several plans, for people and for machines. */
export function writeIndex(out: string, runs: readonly { readonly result: RunResult; readonly folder: string }[]): void {
  mkdirSync(out, { recursive: true })
  const rows = runs.map(({ result, folder }) => ({
    name: result.name,
    verdict: result.verdict,
    exitCode: result.exitCode,
    folder: relative(out, folder),
  }))
  writeFileSync(join(out, 'index.json'), `${JSON.stringify({ schema: 'proofload.index/1', runs: rows }, null, 2)}\n`)
  const items = rows.map(
    ({ name, verdict, folder }) =>
      `<li><a href="${escape(encodeURI(folder))}/report.html">${escape(name)}</a>: ${escape(verdict)}</li>`,
  )
  writeFileSync(
    join(out, 'index.html'),
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>proofload: ${rows.length} plans</title><body style="font:16px system-ui;margin:2rem"><h1>${rows.length} plans</h1><ul>${items.join('')}</ul></body></html>\n`,
  )
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
