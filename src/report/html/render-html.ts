import { createHash } from 'node:crypto'
import type { RunData } from '../../analysis/index.ts'
import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult } from '../../model/run-result.ts'
import { plainText } from '../plain-text.ts'
import { renderText } from '../text/render-text.ts'
import { verdictWords } from '../words.ts'
import { pageAssets } from './page-assets.ts'
import type { PageAssets } from './page-assets.ts'
import type { PageData } from './page-data.ts'
import { createViewModel } from './view-model.ts'

/** One self-contained page: opens from disk, asks the network for nothing, and may not. */
export function renderHtml(header: RunHeader, data: RunData, result: RunResult, assets: PageAssets = pageAssets()): string {
  // A closing tag inside a string literal of the bundle would end the block; in JavaScript the backslash changes nothing.
  const script = assets.script.replace(/<\/(script)/gi, '<\\/$1').trim()
  const style = assets.style.replace(/<\/(style)/gi, '<\\/$1').trim()
  const policy = `default-src 'none'; script-src '${hash(script)}'; style-src '${hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'`
  const title = `${result.name}: ${verdictWords[result.verdict].word.toLowerCase()} · proofload`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main id="page"></main>',
    `<noscript><pre>${escapeHtml(renderText(result, header))}</pre></noscript>`,
    `<script type="application/json" id="data">${scriptJson(createViewModel(header).update(data, result))}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** JSON that no HTML parser can take for markup: without `<`, neither `</script>` nor `<!--` can occur. */
export function scriptJson(value: PageData): string {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? plainText(one) : one))
  return text
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

function escapeHtml(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
