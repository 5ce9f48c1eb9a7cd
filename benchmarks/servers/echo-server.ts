import { createServer } from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type * as Ws from 'ws'
import { rootPackage } from '../clients/root-package.ts'

const { WebSocketServer } = rootPackage('ws') as typeof Ws // what its types say

/**
 * Answers every message with itself: WebSockets at any path of its first port, lines of text on the port that `/lines` names. `/status` answers in the
 * words of nginx's `stub_status`: messages are its requests, and opened connections its accepts.
 */
const [messages, opened, open] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)]
const add = (counter: Float64Array, by: number): number => (counter[0] = (counter[0] ?? 0) + by)

const lines = net.createServer({ noDelay: true }, (socket) => {
  let rest = ''
  add(opened, 1)
  add(open, 1)
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    const all = rest + text
    const end = all.lastIndexOf('\n') + 1
    rest = all.slice(end)
    for (let at = all.indexOf('\n'); at >= 0; at = all.indexOf('\n', at + 1)) add(messages, 1)
    if (end > 0) socket.write(all.slice(0, end), 'latin1')
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => add(open, -1))
})

const http = createServer((request, answer) => {
  if (request.url === '/lines')
    answer.end(String((lines.address() as AddressInfo).port)) // it listens on TCP
  else
    answer.end(
      `Active connections: ${add(open, 0)} \nserver accepts handled requests\n ${add(opened, 0)} ${add(opened, 0)} ${add(messages, 0)} \n`,
    )
})
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  add(opened, 1)
  add(open, 1)
  socket.on('message', (data: Buffer, binary: boolean) => {
    add(messages, 1)
    socket.send(data, { binary })
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => add(open, -1))
})

lines.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 }, () => {
  http.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 16_384 })
})
