import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

/**
 * The picture in the README: the top of the report page of a real run.
 * `npm start`, then `npx tsx scripts/make-screenshot.ts [RUN]`; RUN is a run folder, default `.proofload/shop`.
 */
const root = join(import.meta.dirname, '..')
const run = resolve(process.argv[2] ?? join(root, '.proofload', 'shop'))
const out = join(root, 'docs', 'images', 'report.png')
const size = { width: 1280, height: 1000 }
/** A README's picture that is larger than this is a burden to everybody who clones. */
const mostBytes = 300_000

const page = findPage(run)
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const tab = await browser.newPage({ viewport: size, colorScheme: 'light', reducedMotion: 'reduce' })
  await tab.goto(pathToFileURL(page).href)
  await tab.locator('canvas').first().waitFor()
  mkdirSync(dirname(out), { recursive: true })
  await tab.screenshot({ path: out, clip: { x: 0, y: 0, ...size }, animations: 'disabled' })
} finally {
  await browser.close()
}
const { size: bytes } = statSync(out)
console.log(`wrote ${out} (${(bytes / 1000).toFixed(0)} kB) from ${page}`)
if (bytes > mostBytes) {
  console.error(`It should be below ${mostBytes / 1000} kB.`)
  process.exitCode = 1
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
