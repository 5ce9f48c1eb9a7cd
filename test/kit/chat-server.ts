import { join } from 'node:path'

const library = join(import.meta.dirname, '..', '..', 'node_modules', 'ws', 'wrapper.mjs')

/**
 * A chat in one room: everything that one says is said to all. `lossy`: each 20th message reaches nobody; `twice`: each 20th comes twice; `malformed`: each 20th
 * is followed by a frame that the protocol forbids. Its lines on TCP (port + 1) are answered by `OK`.
 */
export const chatServer = `
import { createServer } from 'node:http'
import net from 'node:net'
import { WebSocketServer } from ${JSON.stringify(library)}
const [, , port, behaviour] = process.argv
const server = createServer((request, answer) => answer.end('ok'))
const chat = new WebSocketServer({ server, path: '/ws' })
let said = 0
chat.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const message = JSON.parse(data)
    if (message.type !== 'say') return socket.send(JSON.stringify({ type: 'joined', id: message.id }))
    const text = JSON.stringify({ type: 'said', text: message.text })
    const odd = ++said % 20 === 0
    if (behaviour === 'malformed' && odd) socket._socket.write(Buffer.of(0x83, 0x00))
    const times = odd && behaviour === 'lossy' ? 0 : odd && behaviour === 'twice' ? 2 : 1
    for (let i = 0; i < times; i++) for (const client of chat.clients) client.send(text)
  })
})
net.createServer((socket) => {
  socket.on('error', () => {})
  let text = ''
  socket.on('data', (chunk) => {
    const lines = (text + chunk).split('\\n')
    text = lines.pop()
    for (const line of lines) socket.write('OK ' + line.split(' ')[0] + '\\n')
  })
}).listen(Number(port) + 1, '127.0.0.1')
server.listen(Number(port), '127.0.0.1')
`
