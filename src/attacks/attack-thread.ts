import { parentPort, workerData } from 'node:worker_threads'
import type { Call } from '../base/thread-calls.ts'
import { answerCall } from '../base/thread-calls.ts'
import type { AttackersInit, AttackRequest, FromAttackers } from './attack-messages.ts'
import { Attackers } from './attackers.ts'

/** The thread of the attacks: so that they do not disturb the generator. It ends with the process, and its sockets with it. */

const post = (message: FromAttackers): void => parentPort?.postMessage(message)
const { runStartNs } = workerData as AttackersInit // given by start-attackers.ts, built from the same types
const startNs = BigInt(runStartNs)
const attackers = new Attackers({
  nowSec: () => Number(process.hrtime.bigint() - startNs) / 1e9,
  onWindows: (windows) => post({ type: 'news', news: windows }),
})

parentPort?.on('message', (call: Call<AttackRequest>) => {
  void answerCall(call, (request) => attackers.answer(request)).then((answer) => {
    post(answer)
    if (call.request.type === 'close') parentPort?.close()
  })
})
