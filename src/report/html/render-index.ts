import type { RunResult, TestResult } from '../../model/run-result.ts'
import { runOverview } from '../overview/run-overview.ts'
import { plainText } from '../plain-text.ts'
import { figureOf } from '../run-summary.ts'
import { verdictWords, whyRun } from '../words.ts'

/** One page over the runs of several plans: what each came to, its tests with their figures, and where its report is. No script, nothing from elsewhere. */
export function renderIndex(runs: readonly { readonly result: RunResult; readonly folder: string }[]): string {
  const tests = runs.reduce((sum, { result }) => sum + result.tests.length, 0)
  const passed = runs.filter(({ result }) => result.verdict === 'passed').length
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${runs.length} plans: ${passed} passed · proofload</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<h1>${passed} of ${runs.length} plans passed <small>${tests} tests</small></h1>`,
    ...runs.map(({ result, folder }) => section(result, folder)),
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function section(result: RunResult, folder: string): string {
  const { mark, word } = verdictWords[result.verdict]
  const { readiness, summary } = runOverview(result)
  const link = `${encodeURI(folder)}/report.html`
  return [
    '<section>',
    `<h2><span class="${result.verdict}">${mark} ${word}</span> <a href="${escape(link)}">${escape(result.name)}</a></h2>`,
    `<p>${escape(result.tests.length === 0 ? whyRun(result) : summary)}</p>`,
    ...(result.tests.length === 0 ? [] : [table(result.tests)]),
    `<p class="quiet">Readiness: ${readiness.answer} · <a href="${escape(encodeURI(folder))}/">${escape(folder)}</a></p>`,
    '</section>',
  ].join('\n')
}

function table(tests: readonly TestResult[]): string {
  const rows = tests.map((test) => {
    const { mark, word } = verdictWords[test.verdict]
    const cells = [
      `<span class="${test.verdict}">${mark} ${word}</span>`,
      escape(test.name),
      escape(test.suite),
      escape(figureOf(test)),
    ]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const head = ['Verdict', 'Test', 'Suite', 'Figure'].map((text) => `<th scope="col">${text}</th>`).join('')
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:0 auto;padding:16px 20px 48px;background:light-dark(#fbfbf9,#14171a);color:light-dark(#1c1f23,#e4e7ea)}
h1{font-size:28px;margin:14px 0}h1 small,.quiet{color:light-dark(#5d656e,#9aa4ae);font-weight:400}h1 small{font-size:18px}h2{font-size:19px;margin:0 0 4px}p{margin:4px 0;max-width:95ch;overflow-wrap:anywhere}
section{margin-top:26px;padding-top:12px;border-top:1px solid light-dark(#dcdfe2,#323940)}.scroll{overflow-x:auto}a{color:light-dark(#0b62a8,#6cb6f2)}
table{border-collapse:collapse;width:100%;font-size:13.5px;margin:8px 0}th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid light-dark(#eceef0,#262c32)}th{font-weight:500;color:light-dark(#5d656e,#9aa4ae)}td:first-child{white-space:nowrap}
.passed{color:light-dark(#18703f,#5cc98b)}.failed,.error{color:light-dark(#b3261e,#ff7b72)}.invalid,.stopped,.interrupted{color:light-dark(#8a5300,#e3b04b)}`

function escape(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
