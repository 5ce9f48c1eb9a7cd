import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'

/**
 * The picture in the README, from the report page of a real run: its head, the curve of the capacity and the recovery from the outage side by side.
 * `npm start`, then `npx tsx scripts/make-screenshot.ts [RUN]`; RUN is a run folder, default `.proofload/shop`.
 */
const root = join(import.meta.dirname, '..')
const run = resolve(process.argv[2] ?? join(root, '.proofload', 'shop'))
const out = join(root, 'docs', 'images', 'report.png')
const width = 1280
/** Of one of two charts beside each other: the page is laid out for a window as narrow as that. */
const chartWidth = 568
/** A README's picture that is larger than this is a burden to everybody who clones. */
const mostBytes = 300_000

const page = findPage(run)
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const tab = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme: 'light', reducedMotion: 'reduce' })
  await tab.goto(pathToFileURL(page).href)
  const head = [await pictureOf(tab, 'header.run'), await pictureOf(tab, '.tabs')]
  await tab.setViewportSize({ width: chartWidth, height: 1000 })
  const charts = [await chartPicture(tab, 'capacity'), await chartPicture(tab, 'recovery-')]
  const background = await tab.evaluate<string>('getComputedStyle(document.body).backgroundColor')
  const album = await browser.newPage({ viewport: { width, height: 1000 } })
  await album.setContent(`<!doctype html>
    <div style="display:inline-block;padding:20px 28px;background:${background}">
      ${head.map((data) => image(data, 'display:block')).join('')}
      <div style="display:flex;justify-content:space-between;align-items:flex-start;margin-top:20px">${charts.map((data) => image(data, '')).join('')}</div>
    </div>`)
  mkdirSync(dirname(out), { recursive: true })
  await album.locator('div').first().screenshot({ path: out, animations: 'disabled' })
} finally {
  await browser.close()
}
const { size: bytes } = statSync(out)
console.log(`wrote ${out} (${(bytes / 1000).toFixed(0)} kB) from ${page}`)
if (bytes > mostBytes) {
  console.error(`It should be below ${mostBytes / 1000} kB.`)
  process.exitCode = 1
}

async function pictureOf(tab: Page, selector: string): Promise<Buffer> {
  return tab.locator(selector).first().screenshot({ animations: 'disabled' })
}

/** Of the first test that has such a chart, with its test chosen. */
async function chartPicture(tab: Page, id: string): Promise<Buffer> {
  const selector = `figure[data-chart^="${id}"]`
  for (const button of await tab.locator('[role=tab]').all()) {
    await button.click()
    const figure = tab.locator(selector).filter({ visible: true }).first()
    if (await figure.count()) return figure.screenshot({ animations: 'disabled' })
  }
  throw new Error(`Expected a run with a chart ${id}, got ${page}.`)
}

function image(data: Buffer, style: string): string {
  return `<img style="${style}" src="data:image/png;base64,${data.toString('base64')}">`
}

/** The report of a run folder, or of the first run in a folder of several. */
function findPage(folder: string): string {
  const own = join(folder, 'report.html')
  if (existsSync(own)) return own
  const inner = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'report.html')) : []
  const found = inner.find((file) => existsSync(file))
  if (found === undefined) throw new Error(`Expected a run folder with a report.html, got ${folder}. Make one with npm start.`)
  return found
}
