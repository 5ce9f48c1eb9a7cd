/**
 * A small server that needs a file for each `/work` and none for `/plain`, to be limited: `node scarce.mjs PORT MODE`.
 * `files`: a file is open while a request is at work, and work for which there is none is refused with 503. `files-kept`: the file is
 * never closed. `memory-kept`: each request leaves 2 MB behind. `disk`: writes to one file for ever, and goes on when that fails.
 * `disk-stuck`: after the first failed write nothing works any more.
 */
export const scarceServer = `
import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const [port, mode, path] = process.argv.slice(2)
const kept = []
const file = path === undefined ? undefined : openSync(path, 'a')
let isStuck = false

async function work() {
  if (mode === 'memory-kept') kept.push(Array.from({ length: 250_000 }, (_, i) => i + 0.5))
  if (mode === 'files' || mode === 'files-kept') {
    const opened = openSync('/dev/null', 'r')
    await sleep(20)
    if (mode === 'files') closeSync(opened)
  }
  if (mode.startsWith('disk')) {
    if (isStuck) throw new Error('still stuck')
    try {
      writeSync(file, Buffer.alloc(20_000))
    } catch (error) {
      console.error(error.code)
      isStuck = mode === 'disk-stuck'
    }
  }
}

const server = createServer((request, response) => {
  if (request.url !== '/work') return void response.end('plain')
  work().then(
    () => response.end('done'),
    (error) => {
      if (error.code === 'EMFILE') console.error(error.code)
      response.writeHead(503, { 'retry-after': '1' }).end()
    },
  )
})
server.on('error', (error) => console.error(error.code))
server.listen(Number(port), '127.0.0.1')
`
