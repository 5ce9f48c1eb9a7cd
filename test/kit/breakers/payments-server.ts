import { createServer } from 'node:http'

/** The dependency: it is always well, what it suffers is done to it on the way. Port: `PORT`. */
const answerMs = 5

createServer((request, response) => {
  request.resume()
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"paid":true}')
  }, answerMs)
}).listen(Number(process.env['PORT']), '127.0.0.1')
