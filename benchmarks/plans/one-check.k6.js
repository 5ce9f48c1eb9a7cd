import { check } from 'k6'
import http from 'k6/http'

export const options = { vus: Number(__ENV.BENCH_USERS), duration: __ENV.BENCH_FOR, summaryTrendStats: ['p(99)'] }

export default function () {
  const answer = http.get(`${__ENV.BENCH_TARGET}/item`)
  check(answer, { 'the item is there': ({ status }) => status === 200 })
}
