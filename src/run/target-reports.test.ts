import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { pause } from '../base/pause.ts'
import type { AlertSpec } from '../model/alert-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { Probe } from '../probes/index.ts'
import type { Session } from './session.ts'
import { createTargetReports } from './target-reports.ts'

test('a test waits for its alerts to be cleared, and for no alert that the plan promises nothing of', async () => {
  const end = new AbortController()
  const told: string[] = []
  const emit = (event: { readonly kind: string; readonly name?: string }) => void told.push(`${event.kind} ${event.name}`)
  const session = { signal: end.signal, emit } as unknown as Session // the rest of a run is not asked
  const alerts = [{ name: 'slow', clearedWithinSec: 30 }] as unknown as readonly AlertSpec[] // of an alert, only what it takes
  const reports = createTargetReports(session, { alerts })
  const close = await reports.task.setup()
  const url = reports.addresses()['alerts']?.url ?? ''
  const tell = (alertname: string, status: 'firing' | 'resolved') =>
    fetch(url, { method: 'POST', body: JSON.stringify({ alerts: [{ status, labels: { alertname } }] }) })
  const waits = (): Promise<boolean> =>
    Promise.race([reports.after([]).then(() => false), pause(400, end.signal).then(() => true)])

  await tell('of its own', 'firing')
  expect(await waits()).toBe(false)
  await tell('slow', 'firing')
  expect(await waits()).toBe(true)
  await tell('slow', 'resolved')
  expect(await waits()).toBe(false)
  expect(told).toEqual(['alert of its own', 'alert slow', 'alert slow'])
  end.abort()
  if (typeof close === 'function') await close()
})

test('a look at the page ends with the run, and leaves nothing on its signal, which outlives the tests', async () => {
  const end = new AbortController()
  const session = { signal: end.signal } as unknown as Session // the rest of a run is not asked
  const reports = createTargetReports(session, {})
  // Of a test, only its name; of a probe, only its look.
  const look = (scrape: () => Promise<void>) => reports.before({ name: 'one' } as TestSpec, [{ scrape } as unknown as Probe])
  await look(() => Promise.resolve())
  await expect(look(() => Promise.reject(new Error('no page')))).rejects.toThrow('no page')
  expect(getEventListeners(end.signal, 'abort')).toEqual([])
  const endless = look(() => new Promise(() => undefined))
  end.abort()
  await endless
})
