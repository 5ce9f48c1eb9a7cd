import { connect } from 'node:net'

/** The least that can be done with sockets: each sends a line, waits for it to come back, and sends the next. `PORT USERS SECONDS` */
const [port = '', users = '1', seconds = '1'] = process.argv.slice(2)
const line = 'SAY hello everybody in the room\n'
const until = performance.now() + Number(seconds) * 1000

for (let user = 0; user < Number(users); user++) {
  const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
  socket.setEncoding('latin1')
  socket.on('connect', () => socket.write(line))
  socket.on('data', (text: string) => {
    if (!text.endsWith('\n')) return
    if (performance.now() < until) socket.write(line)
    else socket.destroy()
  })
}
