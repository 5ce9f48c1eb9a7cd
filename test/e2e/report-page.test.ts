import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildPage } from '../../scripts/build-page.ts'
import type { PageAssets } from '../../src/report/html/page-assets.ts'
import { readPageAssets } from '../../src/report/html/page-assets.ts'
import { renderHtml } from '../../src/report/html/render-html.ts'
import { judgeRun } from '../../src/verdicts/index.ts'
import { syntheticRecord } from '../kit/synthetic-record.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** `npm test` says so where there is none; in CI that is a failure. */
const hasBrowser = existsSync('/usr/bin/chromium')

let folder: string
let assets: PageAssets
let browser: Browser
let file: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proofload-page-'))
  await buildPage(folder)
  assets = readPageAssets(folder)
  const record = syntheticRecord({ seconds: 90 })
  const data = record.data()
  file = join(folder, 'report.html')
  writeFileSync(file, renderHtml(record.header, data, judgeRun(data), assets))
  if (hasBrowser) browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })
})

afterAll(async () => {
  if (hasBrowser) await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

let page: Page
let complaints: string[]
let requests: string[]

async function open(width: number, dark = false): Promise<void> {
  page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' })
  complaints = []
  requests = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  await page.waitForSelector('.panel:not([hidden]) canvas')
}

/** What runs in the page is text here: the program's own sources know no browser. */
function inPage<T>(expression: string): Promise<T> {
  return page.evaluate<T>(expression)
}

/** Share of the pixels of each visible chart that something was painted on. */
const painted = () =>
  inPage<number[]>(`[...document.querySelectorAll('.panel:not([hidden]) canvas')].map((canvas) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    let seen = 0
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) seen++
    return seen / Math.max(1, canvas.width * canvas.height)
  })`)

const legends = () =>
  inPage<string[]>(
    `[...document.querySelectorAll('.panel:not([hidden]) .chart:not([data-chart=percentiles]) .legend')].map((one) => one.innerText.replace(/\\s+/g, ' '))`,
  )

/** The painted latency chart, to tell whether it has changed. */
const latencyPixels = () =>
  inPage<string>(`document.querySelector('.panel:not([hidden]) [data-chart=latency] canvas').toDataURL()`)

async function latencyChartOtherThan(before: string): Promise<string> {
  const now = await latencyPixels()
  return now === before ? latencyChartOtherThan(before) : now
}

describe.skipIf(!hasBrowser)('the report page on a wide screen', () => {
  beforeEach(() => open(1280))
  afterEach(() => page.close())

  test('draws every chart, asks the network for nothing and says nothing on the console', async () => {
    const shares = await painted()
    expect(shares.length).toBeGreaterThanOrEqual(12)
    expect(Math.min(...shares)).toBeGreaterThan(0.005)
    expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    expect(complaints).toEqual([])
  })

  test('may not reach the network at all, even if it wanted to', async () => {
    const outcome = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        () => 'refused',
      ),
    )
    expect(outcome).toBe('refused')
    expect(complaints.join(' ')).toContain('Content Security Policy')
  })

  test('hovering one chart reads all of them at the same second', async () => {
    expect((await legends()).every((text) => text.startsWith('at –'))).toBe(true)
    await page.hover('.panel:not([hidden]) [data-chart=latency] .u-over', { position: { x: 400, y: 60 } })
    const read = await legends()
    const times = new Set(read.map((text) => /^at (\d+:\d\d) /.exec(text)?.[1]))
    expect([...times]).toEqual([expect.stringMatching(/^\d+:\d\d$/)])
    expect(read.find((text) => text.includes('p95'))).toMatch(/p50 [\d.]+ ms p95 [\d.]+ ms p99 [\d.]+ ms/)
  })

  test('the keyboard moves the cursor of all charts, switches tests and sorts a table', async () => {
    await page.focus('.panel:not([hidden]) [data-chart=throughput] .plot')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    expect((await legends()).every((text) => text.startsWith('at 0:01 '))).toBe(true)

    const reach = async (selector: string) => {
      for (let i = 0; i < 200; i++) {
        await page.keyboard.press('Tab')
        if (await inPage<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return true
      }
      return false
    }
    await page.focus('.theme')
    expect(await reach('[role=tab][aria-selected=true]')).toBe(true)
    await page.keyboard.press('ArrowLeft')
    expect(await page.textContent('[role=tab][aria-selected=true]')).toContain('staircase')
    expect(await page.isVisible('[data-test=staircase] canvas')).toBe(true)
    expect(await page.isVisible('[data-test=peak] canvas')).toBe(false)

    const table = '[data-test=staircase] table.rows'
    expect(await reach(`${table} thead th:nth-child(6) button`)).toBe(true)
    const p95 = () =>
      inPage<number[]>(
        `[...document.querySelector('[data-test=staircase] table.rows').querySelectorAll('tbody td:nth-child(6)')].map((cell) => parseFloat(cell.textContent))`,
      )
    await page.keyboard.press('Enter')
    const down = await p95()
    expect(down).toEqual([...down].sort((a, b) => b - a))
    await page.keyboard.press('Enter')
    expect(await p95()).toEqual([...down].reverse())
    expect(await page.getAttribute(`${table} thead th:nth-child(6)`, 'aria-sort')).toBe('ascending')
    expect(complaints).toEqual([])
  })

  test('markup that a server answered is text', async () => {
    expect(await page.textContent('.panel:not([hidden]) table.failures')).toContain('<script>window.hacked=1</script>')
    expect(await inPage<boolean>(`'hacked' in window`)).toBe(false)
    expect(await inPage<number>(`document.images.length`)).toBe(0)
  })

  test('the logarithmic axis redraws the latency chart, and other colours all of them', async () => {
    const linear = await latencyPixels()
    await page.click('.panel:not([hidden]) [data-chart=latency] .log')
    const logarithmic = await latencyChartOtherThan(linear)
    await page.click('.theme')
    await latencyChartOtherThan(logarithmic)
    expect(complaints).toEqual([])
  })

  test('on paper every test is there', async () => {
    await page.emulateMedia({ media: 'print' })
    await inPage(`window.dispatchEvent(new Event('beforeprint'))`)
    expect(await page.isVisible('[data-test=staircase] table.rows')).toBe(true)
    expect(await page.isVisible('[data-test=peak] table.rows')).toBe(true)
    expect(complaints).toEqual([])
  })
})

test.skipIf(!hasBrowser).each([
  [360, false],
  [390, true],
])('on a phone of %i pixels nothing is wider than the screen (dark: %s)', async (width, dark) => {
  await open(width, dark)
  expect(await inPage<number>(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(width)
  expect(Math.min(...(await painted()))).toBeGreaterThan(0.005)
  expect(complaints).toEqual([])
  await page.close()
})

test('ten minutes of thirty requests stay below one megabyte', () => {
  const record = syntheticRecord({ seconds: 600, requestNames: 30, tests: 1 })
  const data = record.data()
  const html = renderHtml(record.header, data, judgeRun(data), assets)
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000)
  console.log(`page of ten minutes and thirty requests: ${Buffer.byteLength(html)} bytes`)
})
