import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { AlertReceiver } from './alert-receiver.ts'
import { openAlertReceiver } from './alert-receiver.ts'
import type { ToldAlert } from './read-alerts.ts'
import { readAlerts } from './read-alerts.ts'

let receiver: AlertReceiver | undefined
afterEach(() => receiver?.close())

async function open() {
  const alerts: ToldAlert[] = []
  const warnings: string[] = []
  receiver = await openAlertReceiver({ told: (alert) => alerts.push(alert), warn: (text) => warnings.push(text) })
  const { url } = receiver
  const post = async (body: string): Promise<number> => (await fetch(url, { method: 'POST', body })).status
  return { alerts, warnings, url, post }
}

/** As Prometheus' Alertmanager documents its webhook. */
const webhook = {
  version: '4',
  groupKey: '{}:{alertname="EventLoopLag"}',
  status: 'firing',
  receiver: 'proofload',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'EventLoopLag', instance: 'chat-1', severity: 'page' },
      annotations: { summary: 'slow' },
      startsAt: '2026-11-22T01:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
    },
    {
      status: 'resolved',
      labels: { alertname: 'TooManySockets' },
      startsAt: '2026-11-22T00:59:00Z',
      endsAt: '2026-11-22T01:00:00Z',
    },
  ],
}

describe('the receiver of alerts', () => {
  it('understands the webhook of Alertmanager', async () => {
    const { alerts, post } = await open()
    expect(await post(JSON.stringify(webhook))).toBe(204)
    expect(alerts).toEqual([
      { name: 'EventLoopLag', status: 'raised', of: 'instance=chat-1, severity=page' },
      { name: 'TooManySockets', status: 'cleared' },
    ])
  })

  it('understands a plain name with a status, alone or in a list', async () => {
    const { alerts, post } = await open()
    await post('{ "name": "disk full", "status": "firing" }')
    await post('[{ "name": "disk full", "status": "resolved" }, { "name": "x", "status": "raised" }]')
    expect(alerts).toEqual([
      { name: 'disk full', status: 'raised' },
      { name: 'disk full', status: 'cleared' },
      { name: 'x', status: 'raised' },
    ])
  })

  it('refuses what it cannot read, says so a few times, and goes on', async () => {
    const { alerts, warnings, post, url } = await open()
    for (const body of [
      '',
      'no json',
      '{}',
      '[1, null]',
      '{"name": 7, "status": "firing"}',
      '{"name":"a","status":"constructor"}',
    ])
      expect(await post(body)).toBe(400)
    expect((await fetch(url)).status).toBe(405)
    expect(await post('{"name":"a","status":"firing"}')).toBe(204)
    expect(alerts).toEqual([{ name: 'a', status: 'raised' }])
    expect(warnings).toHaveLength(5)
  })

  it('reads no more of a body than an alert can need', async () => {
    const { alerts, warnings, url } = await open()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined).resume()
    socket.write(`POST /alerts HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 ** 30}\r\n\r\n${'x'.repeat(400_000)}`)
    await once(socket, 'close')
    expect(alerts).toEqual([])
    expect(warnings[0]).toContain('more than 262144 bytes')
  })

  it('keeps names and labels short, and lists too', () => {
    const long = 'n'.repeat(5000)
    const many = Array.from({ length: 1000 }, (_, i) => ({ name: `${i}${long}`, status: 'firing', labels: { of: long } }))
    const read = readAlerts(many) ?? []
    expect(read).toHaveLength(200)
    expect(read[0]?.name).toHaveLength(200)
    expect(read[0]?.of).toHaveLength(200)
  })
})
