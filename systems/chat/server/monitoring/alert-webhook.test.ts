import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { AlertWebhook } from './alert-webhook.ts'
import { startAlerts } from './alerts.ts'
import { noMonitor } from './monitor.ts'
import { ServerFigures } from './server-figures.ts'

const raised = { name: 'EventLoopDelayed', summary: 'The event loop is late.', status: 'firing', value: 350 } as const
const cleared = { ...raised, status: 'resolved', value: 3 } as const

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // a TCP server has a port
}

test("an alert is told in the shape of Alertmanager's webhook, and its end with the time of its beginning", async () => {
  const bodies: unknown[] = []
  const url = await receiver((request, response) => {
    void json(request).then((body) => {
      bodies.push(body)
      response.end()
    })
  })
  const webhook = new AlertWebhook({ url })
  webhook.tell(raised, 1_000)
  webhook.tell(cleared, 61_000)
  await webhook.idle()
  const startsAt = '1970-01-01T00:00:01.000Z'
  const labels = { alertname: 'EventLoopDelayed' }
  expect(bodies).toMatchObject([
    { status: 'firing', alerts: [{ status: 'firing', labels, startsAt }] },
    { status: 'resolved', alerts: [{ status: 'resolved', labels, startsAt, endsAt: '1970-01-01T00:01:01.000Z' }] },
  ])
})

test('a receiver that fails is asked again, and the order stays', async () => {
  const statuses: string[] = []
  let failures = 2
  const url = await receiver((request, response) => {
    void json(request).then((body) => {
      if (failures-- > 0) return response.writeHead(500).end()
      statuses.push((body as { status: string }).status) // what we sent
      return response.end()
    })
  })
  const webhook = new AlertWebhook({ url, retryMs: 1 })
  webhook.tell(raised, 0)
  webhook.tell(cleared, 1)
  await webhook.idle()
  expect(statuses).toEqual(['firing', 'resolved'])
})

test('a receiver that never answers, and one that is not there, are given up', async () => {
  const hanging = new AlertWebhook({ url: await receiver(() => undefined), timeoutMs: 20, retryMs: 1 })
  const absent = new AlertWebhook({ url: 'http://127.0.0.1:9/', retryMs: 1 })
  for (const webhook of [hanging, absent]) webhook.tell(raised, 0)
  await Promise.all([hanging.idle(), absent.idle()])
})

test('closing does not wait for a receiver that hangs', async () => {
  const webhook = new AlertWebhook({ url: await receiver(() => undefined), timeoutMs: 60_000 })
  webhook.tell(raised, 0)
  webhook.close()
  await webhook.idle()
})

test('an event loop that is blocked in every second raises its alert', async () => {
  const told = new Promise<unknown>((resolve) => {
    void receiver((request, response) => {
      response.end()
      resolve(json(request))
    }).then((webhook) => {
      const figures = new ServerFigures(noMonitor)
      const rule = { name: 'Late', summary: '', value: () => figures.seconds.at(-1)?.loopDelayMs ?? 0, above: 50, clearAt: 10 }
      const alerts = startAlerts({ figures, rules: [{ ...rule, forSec: 1, clearSec: 3 }], webhook })
      const blocking = setInterval(() => {
        const until = performance.now() + 150
        while (performance.now() < until);
      }, 300)
      onTestFinished(() => {
        clearInterval(blocking)
        alerts.close()
      })
    })
  })
  expect(await told).toMatchObject({ status: 'firing', alerts: [{ labels: { alertname: 'Late' } }] })
})
