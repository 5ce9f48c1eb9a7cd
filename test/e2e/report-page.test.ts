import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
import { capacityRecord } from '../kit/capacity-record.ts'
import { syntheticCapacity } from '../kit/synthetic-capacity.ts'
import type { SyntheticCapacityOptions } from '../kit/synthetic-capacity.ts'
import { syntheticAudit, syntheticBreaker, syntheticFault } from '../kit/synthetic-faults.ts'
import { hostileText, syntheticRecord } from '../kit/synthetic-record.ts'

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

async function open(width: number, dark = false, shown = file): Promise<void> {
  page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' })
  complaints = []
  requests = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(shown).href)
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

/** The page of a search whose figures are formulas, with a leak, faults and limits beside it; some of its texts come from a hostile server. */
function searchPage(options: SyntheticCapacityOptions): string {
  const where = join(folder, `${JSON.stringify(options).replace(/\W+/g, '-')}.html`)
  if (existsSync(where)) return where
  const capacity = syntheticCapacity(options)
  const record = capacityRecord(capacity)
  const data = record.data()
  const result = judgeRun(data)
  const none = { secondsToLimit: null, limit: null }
  const line = { fromSec: 20, from: 95e6, toSec: 200, to: 140e6 }
  const tests = result.tests.map((one) => ({
    ...one,
    capacity: {
      ...capacity,
      trials: capacity.trials.map((trial, i) =>
        i === 0 ? { ...trial, failedObjective: hostileText, verdict: 'fails' as const } : trial,
      ),
      saturation: capacity.saturation.map((use) => ({ ...use, evidence: hostileText })),
    },
    leaks: [
      {
        ...none,
        resource: 'target.memory',
        unit: 'bytes' as const,
        verdict: 'leak' as const,
        reason: hostileText,
        perRequest: 1024,
        interval: [1010, 1040] as const,
        line,
      },
    ],
    faults: [
      {
        id: 'cpu',
        kind: 'cpu-pressure',
        at: 10,
        clearedAt: 20,
        verified: true,
        evidence: hostileText,
        crossed: null,
        reverted: true,
      },
    ],
    limits: [{ name: 'files', asked: 256, set: false, how: hostileText }],
  }))
  writeFileSync(where, renderHtml(record.header, data, { ...result, tests }, assets))
  return where
}

describe.skipIf(!hasBrowser)('the page of a capacity search', () => {
  const whole: SyntheticCapacityOptions = { overload: true, beyond: 'shed' }
  afterEach(() => page.close())

  test('draws curve, saturation, overload, trials and leak, and says nothing on the console', async () => {
    await open(1400, false, searchPage(whole))
    const ids = await inPage<string[]>(`[...document.querySelectorAll('[data-chart]')].map((one) => one.dataset.chart)`)
    expect(ids).toEqual(
      expect.arrayContaining(['capacity', 'saturation', 'overload', 'trials', 'leak-0', 'throughput', 'latency']),
    )
    expect(ids).not.toContain('percentiles')
    expect(Math.min(...(await painted()))).toBeGreaterThan(0.005)
    expect(await page.textContent('.panel section > h3')).toContain('Bears 300/s, breaks at 313/s')
    expect(
      await inPage<string[]>(`[...document.querySelectorAll('[data-chart=capacity] .classes li')].map((one) => one.innerText)`),
    ).toEqual(['healthy', 'shed'])
    expect(complaints).toEqual([])
  })

  test('a load under the cursor is read with its figures and class, on the curve and in the use of resources below it', async () => {
    await open(1400, false, searchPage(whole))
    const text = (chart: string) =>
      inPage<string>(`document.querySelector('[data-chart=${chart}] .legend').innerText.replace(/\\s+/g, ' ')`)
    await page.focus('[data-chart=capacity] .plot')
    await page.keyboard.press('End')
    expect(await text('capacity')).toMatch(/at 400\/s, shed goodput \d+\/s p50 [\d.]+ ms/)
    expect(await text('saturation')).toMatch(/at 400\/s busiest thread \(first limit\) 9[\d.]+ %/)
  })

  test('a trial under the cursor tells its figures, and a click marks it in the table', async () => {
    await open(1400, false, searchPage(whole))
    const over = page.locator('[data-chart=trials] .u-over')
    const box = await over.boundingBox()
    await over.hover({ position: { x: (box?.width ?? 0) * 0.35, y: 60 } })
    const detail = (await page.textContent('.trial-detail')) ?? ''
    const number = /^Trial (\d+), /.exec(detail)?.[1] ?? ''
    expect(detail).toMatch(/: (bears|fails)/)
    expect(detail).toMatch(/goodput \d+\/s, p50 [\d.]+ ms, p95 [\d.]+ ms/)
    await over.click({ position: { x: (box?.width ?? 0) * 0.35, y: 60 } })
    expect(await page.textContent('table.trials tr.picked td')).toBe(number)
    // Without a mouse every trial has its row.
    expect(await page.locator('table.trials tbody tr').count()).toBe(syntheticCapacity(whole).trials.length)
  })

  test('what a server wrote into a search is text', async () => {
    await open(1400, false, searchPage(whole))
    for (const table of ['.trials', '.resources', '.pressure'])
      expect(await page.textContent(`table${table}`)).toContain('<script>window.hacked=1</script>')
    expect(await inPage<boolean>(`'hacked' in window`)).toBe(false)
    expect(await inPage<number>(`document.images.length`)).toBe(0)
  })

  test.each<[string, SyntheticCapacityOptions]>([
    ['only "at least"', { kind: 'at-least' }],
    ['only a load that fails', { kind: 'fails-at-from' }],
    ['a generator at its limit', { kind: 'generator-limited' }],
    ['a search cut off', { kind: 'unfinished' }],
    ['one trial and no p99', { kind: 'unfinished', trials: 'one', p99: false }],
    ['users instead of arrivals', { unit: 'users', overload: true, beyond: 'crash' }],
  ])('%s: no chart is empty, and the page fits a phone in the dark', async (_, options) => {
    await open(390, true, searchPage(options))
    expect(await inPage<number>(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(390)
    expect(Math.min(...(await painted()))).toBeGreaterThan(0.005)
    expect(complaints).toEqual([])
  })
})

test('ten minutes of thirty requests stay below one megabyte', () => {
  const record = syntheticRecord({ seconds: 600, requestNames: 30, tests: 1 })
  const data = record.data()
  const html = renderHtml(record.header, data, judgeRun(data), assets)
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000)
  console.log(`page of ten minutes and thirty requests: ${Buffer.byteLength(html)} bytes`)
})

test('a search of ten minutes stays below a quarter of a megabyte', () => {
  expect(statSync(searchPage({ overload: true })).size).toBeLessThan(250_000)
})

/** The page of a test in which things were broken on purpose; some of its texts come from a hostile server. */
function faultPage(): string {
  const where = join(folder, 'faults.html')
  if (existsSync(where)) return where
  const record = syntheticRecord({ seconds: 60 })
  const data = record.data()
  const result = judgeRun(data)
  const tests = result.tests.map((one) => ({
    ...one,
    faults: [syntheticFault(hostileText, 60)],
    breakers: [syntheticBreaker(hostileText)],
    audit: syntheticAudit(hostileText),
  }))
  writeFileSync(where, renderHtml(record.header, data, { ...result, tests }, assets))
  return where
}

describe.skipIf(!hasBrowser)('the page of a test with faults', () => {
  afterEach(() => page.close())

  test.each([
    [1400, false],
    [390, true],
  ])('at %i pixels, dark: %s, draws the recovery and the state of the breaker, and fits', async (width, dark) => {
    await open(width, dark, faultPage())
    const ids = await inPage<string[]>(`[...document.querySelectorAll('[data-chart]')].map((one) => one.dataset.chart)`)
    expect(ids).toEqual(expect.arrayContaining(['recovery-down(db)', 'breaker-payments', 'throughput']))
    expect(Math.min(...(await painted()))).toBeGreaterThan(0.005)
    expect(await inPage<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
  })

  test('tells protections, stages and what was lost, and what a server wrote is text', async () => {
    await open(1400, false, faultPage())
    const text = (await page.textContent('main')) ?? ''
    expect(text).toContain('Recovered 4 s after it ended.')
    expect(text).toContain('STUCK_HALF_OPEN')
    expect(text).toContain('acknowledged and lost')
    expect(text).toContain('<script>window.hacked=1</script>')
    expect(await inPage<boolean>(`'hacked' in window`)).toBe(false)
    expect(await inPage<number>(`document.images.length`)).toBe(0)
  })
})
