/**
 * Stand-alone text of a server whose capacity is known: `node searched.mjs PORT`. Its stations work in virtual time (Lindley 1952), so no processor
 * is burnt and their rates are exact. It knows nothing of the project.
 */
export const searchedServer = String.raw`
import { createServer } from 'node:http'

const now = () => performance.now() / 1000
const after = (seconds, say) => setTimeout(say, 1000 * Math.max(0, seconds))

// One server of 'rate' a second and 'places' places: who finds none is refused at once.
const bounded = (rate, places) => {
  let free = 0
  return (ok, no) => {
    const at = now()
    if (free - at > places / rate) return no()
    free = Math.max(free, at) + 1 / rate
    after(free - at, ok)
  }
}
// Connections that are held for a time; who waits longer than 'acquire' for one is refused then.
const pool = (connections, held, acquire) => {
  const free = new Float64Array(connections)
  return (ok, no) => {
    const at = now()
    const first = free.indexOf(Math.min(...free))
    const start = Math.max(free[first], at)
    if (start - at > acquire) return void after(acquire, no)
    free[first] = start + held
    after(start + held - at, ok)
  }
}
// Fails while requests come at a rate between two loads. By the last few of them: over a whole second a load above would be in between while it begins.
const between = (low, high) => {
  let seen = []
  return (ok, no) => {
    seen = [...seen.slice(-20), now()]
    const perSec = seen.length > 20 ? 20 / (seen[20] - seen[0]) : 0
    after(0.005, perSec > low && perSec < high ? no : ok)
  }
}
const stations = {
  bounded: bounded(300, 30),
  pool: pool(10, 0.04, 0.1),
  between: between(110, 150),
  quick: (ok) => ok(),
  slow: bounded(5, 1e9),
}
const server = createServer((request, answer) => {
  const station = stations[request.url.slice(1)]
  const end = (status) => () => {
    answer.statusCode = status
    answer.end('done')
  }
  if (station === undefined) end(200)()
  else station(end(200), end(503))
})
server.keepAliveTimeout = 120000
server.listen(Number(process.argv[2]), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
`
