import type { RunData } from '../../analysis/index.ts'
import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult } from '../../model/run-result.ts'
import { renderText } from '../text/render-text.ts'

/** One self-contained page. */
export function renderHtml(header: RunHeader, _data: RunData, result: RunResult): string {
  const text = renderText(result, header).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html><meta charset="utf-8"><title>proofload</title><pre>${text}</pre>\n`
}
