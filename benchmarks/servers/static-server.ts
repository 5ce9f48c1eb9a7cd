import net from 'node:net'

/**
 * The target where nginx is not installed: one thread, raw sockets, answers of fixed bytes. It speaks just enough HTTP/1.1 for load tools that send
 * GET requests without a body: an answer goes out for each empty line that comes in.
 *
 * `/status` answers in the words of nginx's `stub_status`, so that requests are counted alike.
 */
const item = '{"id":1,"name":"Proof","price":12.5}'
const plain = answer('application/json', item)
const session = answer('application/json', item, 'set-cookie: session=0123456789abcdef; Path=/\r\n')
let served = 0
let open = 0

function answer(type: string, body: string, extra = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${extra}content-length: ${body.length}\r\n\r\n${body}`
}

function status(): string {
  return answer('text/plain', `Active connections: ${open} \nserver accepts handled requests\n ${open} ${open} ${served} \n`)
}

const server = net.createServer({ noDelay: true }, (socket) => {
  let rest = ''
  open++
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    rest += text
    let out = ''
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      served++
      out += rest.startsWith('GET /item ') ? plain : rest.startsWith('GET /status ') ? status() : session
      rest = rest.slice(end + 4)
    }
    if (out !== '') socket.write(out, 'latin1')
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => open--)
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 16_384 })
