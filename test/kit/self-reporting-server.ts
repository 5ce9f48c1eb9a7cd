/**
 * Stand-alone text of a small server that counts, times and alerts: `node reporting.mjs PORT DEFECT`. Four requests at once are worked on for 20 ms each, the others wait in
 * a queue. It knows nothing of the project. Its defects: `loses` a fifth of its counts and `leaves-out` the wait of its times while there is a queue, its page `hides` then;
 * its alert comes `late`, `never`, `always` (on any load) or is `stuck`.
 */
export const selfReportingServer = String.raw`
import { createServer, request as post } from 'node:http'

const [port, defect] = [Number(process.argv[2]), process.argv[3]]
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const counts = new Map()
const buckets = bounds.map(() => 0)
let [sum, timed, busy, asked, raised] = [0, 0, 0, 0, false]
const queue = []
let trueSince

const count = (route) => counts.set(route, (counts.get(route) ?? 0) + 1)
const time = (seconds) => {
  timed += 1
  sum += seconds
  bounds.forEach((le, i) => { if (seconds <= le) buckets[i] += 1 })
}
const page = () => [
  '# TYPE http_requests_total counter',
  ...[...counts].map(([route, n]) => 'http_requests_total{route="' + route + '"} ' + n),
  '# TYPE http_request_duration_seconds histogram',
  ...bounds.map((le, i) => 'http_request_duration_seconds_bucket{le="' + le + '"} ' + buckets[i]),
  'http_request_duration_seconds_bucket{le="+Inf"} ' + timed,
  'http_request_duration_seconds_sum ' + sum,
  'http_request_duration_seconds_count ' + timed,
  '# TYPE waiting gauge',
  'waiting ' + queue.length,
  '',
].join('\n')

const next = () => {
  if (busy >= 4) return
  const one = queue.shift()
  if (one === undefined) return
  busy += 1
  const begun = performance.now()
  setTimeout(() => {
    busy -= 1
    const isLoaded = queue.length > 4
    const from = defect === 'leaves-out' ? begun : one.came
    one.answer.end('done')
    time((performance.now() - from) / 1000)
    if (!(defect === 'loses' && isLoaded && Math.random() < 0.2)) count('/work')
    next()
  }, 20)
}

const tell = (status) => {
  const url = process.env.ALERT_WEBHOOK
  if (!url) return
  const now = new Date().toISOString()
  const body = JSON.stringify({ version: '4', status, alerts: [{ status, labels: { alertname: 'queue', severity: 'page' }, startsAt: now, endsAt: now }] })
  post(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => answer.resume()).on('error', () => {}).end(body)
}
setInterval(() => {
  const isTrue = defect === 'always' ? asked > 0 && performance.now() - asked < 500 : queue.length > 10
  trueSince = isTrue ? (trueSince ?? performance.now()) : undefined
  const lasts = isTrue ? performance.now() - trueSince : 0
  const after = defect === 'late' ? 6000 : defect === 'never' ? Infinity : 300
  if (!raised && isTrue && lasts >= after) { raised = true; tell('firing') }
  if (raised && !isTrue && defect !== 'stuck') { raised = false; tell('resolved') }
}, 50)

createServer((request, answer) => {
  if (request.url === '/health') return answer.end('ok')
  if (request.url === '/metrics') {
    if (defect === 'hides' && queue.length > 4) answer.statusCode = 503
    answer.end(page())
    count('/metrics')
    return
  }
  asked = performance.now()
  queue.push({ answer, came: asked })
  next()
}).listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`
