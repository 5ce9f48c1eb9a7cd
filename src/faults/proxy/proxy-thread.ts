import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../base/errors.ts'
import { answerRequest } from './answer-request.ts'
import { Links } from './links.ts'
import type { FromProxy, ProxyInit, ToProxy } from './proxy-messages.ts'

/** The thread of the proxy: so that it does not disturb the generator, and is not disturbed by the rest of the run. */

const post = (message: FromProxy): void => parentPort?.postMessage(message)
const { runStartNs } = workerData as ProxyInit // given by start-proxy.ts, built from the same types
const links = new Links({ startNs: BigInt(runStartNs), onWindows: (windows) => post({ type: 'windows', windows }) })

parentPort?.on('message', ({ call, ...request }: ToProxy) => {
  answerRequest(links, request).then(
    (value) => {
      post({ type: 'done', call, value })
      if (request.type === 'close') parentPort?.close()
    },
    (thrown: unknown) => post({ type: 'failed', call, text: messageOf(thrown) }),
  )
})
