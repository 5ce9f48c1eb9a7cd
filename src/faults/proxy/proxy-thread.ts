import { parentPort, workerData } from 'node:worker_threads'
import type { Call } from '../../base/thread-calls.ts'
import { answerCall } from '../../base/thread-calls.ts'
import { answerRequest } from './answer-request.ts'
import { Links } from './links.ts'
import type { FromProxy, ProxyInit, Request } from './proxy-messages.ts'

/** The thread of the proxy: so that it does not disturb the generator, and is not disturbed by the rest of the run. */

const post = (message: FromProxy): void => parentPort?.postMessage(message)
const { runStartNs } = workerData as ProxyInit // given by start-proxy.ts, built from the same types
const links = new Links({ startNs: BigInt(runStartNs), onWindows: (windows) => post({ type: 'news', news: windows }) })

parentPort?.on('message', (call: Call<Request>) => {
  void answerCall(call, (request) => answerRequest(links, request)).then((answer) => {
    post(answer)
    if (call.request.type === 'close') parentPort?.close()
  })
})
