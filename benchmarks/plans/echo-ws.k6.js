import ws from 'k6/ws'

export const options = { vus: Number(__ENV.BENCH_USERS), duration: __ENV.BENCH_FOR, summaryTrendStats: ['p(99)'] }

const message = '{"type":"say","text":"hello"}'
const forMs = parseFloat(__ENV.BENCH_FOR) * 1000

export default function () {
  ws.connect(`${__ENV.BENCH_TARGET.replace('http', 'ws')}/ws`, (socket) => {
    socket.on('open', () => socket.send(message))
    socket.on('message', () => socket.send(message))
    socket.setTimeout(() => socket.close(), forMs)
  })
}
