import { attackedServer } from './attacked-server.ts'
import type { AttackedServerOptions } from './attacked-server.ts'

/** `node attacked-main.js PORT OPTIONS`: the server as a process of its own, for a plan to start. */
const [port = '0', options = '{}'] = process.argv.slice(2)
attackedServer(JSON.parse(options) as AttackedServerOptions).listen(Number(port), '127.0.0.1') // written by our own tests
process.on('SIGTERM', () => process.exit(0))
