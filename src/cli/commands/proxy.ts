import { once } from 'node:events'
import { isIP } from 'node:net'
import { messageOf, ToolError } from '../../base/errors.ts'
import { isLoopback, serveToxiproxy } from '../../faults/proxy/index.ts'
import type { CommandInput } from '../command-input.ts'
import { readOptions } from '../option-values.ts'

/** Toxiproxy's own port, which its clients expect. */
const defaultPort = 8474

/** `proofload proxy`: our proxy behind Toxiproxy's HTTP API, until it is interrupted. */
export async function proxy({ options }: CommandInput): Promise<number> {
  const read = readOptions(options)
  const port = read.whole('port', 0, 65_535) ?? defaultPort
  const host = read.text('host') ?? '127.0.0.1'
  const iOwn = read.list('iOwn')
  if (!isLoopback(host) && !iOwn.includes(host))
    throw new ToolError(
      'OPTION_INVALID',
      `Expected --host to be an address of this machine alone, such as 127.0.0.1, got \`${host}\`.`,
      { hint: `Whoever reaches the API can break what its proxies lead to. If that is what you want: --i-own ${host}` },
    )
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const server = await serveToxiproxy({ host, port, iOwn }).catch((thrown: unknown) => {
    throw new ToolError('OPTION_INVALID', `The API cannot listen at ${host}:${port}: ${messageOf(thrown)}.`, {
      hint: 'Another port: --port 0 takes one that is free.',
    })
  })
  const { address } = server
  const url = `http://${isIP(address.host) === 6 ? `[${address.host}]` : address.host}:${address.port}`
  process.stdout.write(`Toxiproxy's HTTP API is at ${url}. Ctrl-C ends it and its proxies.\n`)
  await interrupted
  await server.close()
  return 0
}
