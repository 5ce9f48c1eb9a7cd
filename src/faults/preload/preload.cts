/**
 * Preloaded into each Node.js process of a target that allows it, by `--require`: with `--import` Node.js would load the target's own main module
 * by another loader than without us. It opens a connection to proofload and waits. Nothing else happens, and nothing more is loaded, until
 * something is asked for. It never keeps the process alive.
 */
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports -- a module of the old kind, so that it can be required: it cannot import */
const { connect } = require('node:net') as typeof import('node:net')
const path = require('node:path') as typeof import('node:path')
const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads')

/** Programs that only start others. */
const starters = /^(npm|npx|pnpm|yarn|corepack)(-cli)?(\.c?js)?$/

const socketPath = process.env['PROOFLOAD_PRELOAD'] ?? ''

if (socketPath !== '' && isMainThread && !starters.test(path.basename(process.argv[1] ?? ''))) {
  const socket = connect(socketPath)
  socket.unref()
  socket.setEncoding('utf8')
  // Without proofload there is nothing to do.
  socket.on('error', () => undefined)
  socket.write(`${JSON.stringify({ pid: process.pid })}\n`)
  socket.once('data', (first) => {
    socket.pause()
    import('./conductor.ts').then(
      ({ conduct }) => conduct(socket, String(first)),
      () => socket.destroy(),
    )
  })
}
