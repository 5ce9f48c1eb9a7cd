import { createServer } from 'node:http'

/** A target as services are: `node:http`, an object made into JSON for each answer. `/status` answers in the words of nginx's `stub_status`. */
let served = 0
let open = 0

const server = createServer((request, answer) => {
  if (request.url === '/status') {
    answer.end(`Active connections: ${open} \nserver accepts handled requests\n ${open} ${open} ${served} \n`)
    return
  }
  served++
  const body = JSON.stringify({ id: served, name: 'Proof', price: 12.5, tags: ['a', 'b', 'c'] })
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  answer.end(body)
})
server.keepAliveTimeout = 3_600_000
server.on('connection', (socket) => {
  open++
  socket.on('close', () => open--)
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 16_384 })
