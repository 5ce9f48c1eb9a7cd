import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { circuitBreaker, ConsecutiveBreaker, handleAll, handleWhen, timeout, TimeoutStrategy, wrap } from 'cockatiel'
import CircuitBreaker from 'opossum'
import { HandMadeBreaker } from './hand-made-breaker.ts'
import type { HandMadeDefects } from './hand-made-breaker.ts'
import { isClientError, pay } from './pay.ts'

/** The target: each order needs a payment. `order-server.ts PORT BREAKER`. */
const callMs = 800

const opossum = (extra: object = {}): (() => Promise<string>) => {
  const breaker = new CircuitBreaker(() => pay(callMs), {
    ...{ timeout: callMs, resetTimeout: 2000, errorThresholdPercentage: 50, volumeThreshold: 10 },
    ...{ rollingCountTimeout: 4000, rollingCountBuckets: 8, errorFilter: isClientError, ...extra },
  })
  return () => breaker.fire()
}

const cockatiel = (policy: Parameters<typeof circuitBreaker>[0]): (() => Promise<string>) => {
  const breaker = circuitBreaker(policy, { halfOpenAfter: 2000, breaker: new ConsecutiveBreaker(5) })
  const guarded = wrap(breaker, timeout(callMs, TimeoutStrategy.Aggressive))
  return () => guarded.execute(() => pay(callMs))
}

const handMade = (defects: HandMadeDefects): (() => Promise<string>) => {
  const breaker = new HandMadeBreaker(pay, defects)
  return () => breaker.fire()
}

const leaky = (): (() => Promise<string>) => {
  const guarded = opossum()
  return () => (Math.random() < 0.05 ? pay(callMs) : guarded())
}

const neverOpening = (): (() => Promise<string>) => {
  // More calls than it ever gets in a second.
  const breaker = new CircuitBreaker(() => pay(callMs), { timeout: callMs, volumeThreshold: 10_000, rollingCountTimeout: 1000 })
  breaker.fallback(() => '{"paid":"later"}')
  return () => breaker.fire()
}

const breakers: Readonly<Record<string, () => () => Promise<string>>> = {
  opossum: () => opossum(),
  cockatiel: () => cockatiel(handleWhen((error) => !isClientError(error))),
  'hand-made': () => handMade({}),
  none: () => () => pay(callMs),
  'never-opens': neverOpening,
  leaks: leaky,
  stuck: () => handMade({ waitsForProbe: true }),
  floods: () => handMade({ floods: true }),
  'client-errors': () => cockatiel(handleAll),
}

const [port = '0', name = ''] = process.argv.slice(2)
const make = breakers[name]
if (make === undefined) throw new Error(`no breaker is called ${name}: ${Object.keys(breakers).join(', ')}`)
const charge = make()

async function order(response: ServerResponse): Promise<void> {
  try {
    const paid = await charge()
    response.writeHead(201, { 'content-type': 'application/json' }).end(paid)
  } catch (error) {
    response.writeHead(isClientError(error) ? 422 : 503).end()
  }
}

createServer((request, response) => {
  request.resume()
  if (request.url === '/health') response.end()
  else void order(response)
}).listen(Number(port), '127.0.0.1')
