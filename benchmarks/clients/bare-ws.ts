import type * as Ws from 'ws'
import { rootPackage } from './root-package.ts'

const { WebSocket } = rootPackage('ws') as typeof Ws // what its types say

/** The least that can be done with `ws`: each connection sends a message, waits for it to come back, and sends the next. `URL USERS SECONDS [open]`; open: connections instead of messages. */
const [url = '', users = '1', seconds = '1', what = 'messages'] = process.argv.slice(2)
const message = '{"type":"say","text":"hello"}'
const until = performance.now() + Number(seconds) * 1000

function talk(): void {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('error', () => undefined)
  if (what === 'open') {
    socket.on('open', () => socket.close())
    socket.on('close', () => performance.now() < until && talk())
    return
  }
  socket.on('open', () => socket.send(message))
  socket.on('message', () => (performance.now() < until ? socket.send(message) : socket.terminate()))
}

for (let user = 0; user < Number(users); user++) talk()
