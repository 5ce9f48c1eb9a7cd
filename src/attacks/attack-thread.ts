import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../base/errors.ts'
import type { AttackersInit, FromAttackers, ToAttackers } from './attack-messages.ts'
import { Attackers } from './attackers.ts'

/** The thread of the attacks: so that they do not disturb the generator. It ends with the process, and its sockets with it. */

const post = (message: FromAttackers): void => parentPort?.postMessage(message)
const { runStartNs } = workerData as AttackersInit // given by start-attackers.ts, built from the same types
const startNs = BigInt(runStartNs)
const attackers = new Attackers({
  nowSec: () => Number(process.hrtime.bigint() - startNs) / 1e9,
  onWindows: (windows) => post({ type: 'windows', windows }),
})

parentPort?.on('message', ({ call, ...request }: ToAttackers) => {
  try {
    post({ type: 'done', call, closed: attackers.answer(request) })
  } catch (thrown) {
    post({ type: 'failed', call, text: messageOf(thrown) })
  }
  if (request.type === 'close') parentPort?.close()
})
