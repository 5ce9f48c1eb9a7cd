import { workerData } from 'node:worker_threads'
import { isAlarmBoard } from './alarm.ts'

// Sleeps until the time on the board, rings, and sleeps again. `Atomics.wait` is late by the kernel's timer slack (0.05 ms), a timer of the loop by 0.5 to 1.5 ms.
const board: unknown = workerData
if (!isAlarmBoard(board)) throw new TypeError('expected an alarm board')
const { dueNs, change, bell } = board
for (;;) {
  const seen = Atomics.load(change, 0)
  const due = Atomics.load(dueNs, 0)
  const leftMs = due === 0n ? Infinity : Number(due - process.hrtime.bigint()) / 1e6
  if (leftMs > 0) {
    Atomics.wait(change, 0, seen, leftMs)
    continue
  }
  // Rung once for each setting; a setting that came in between stays.
  if (Atomics.compareExchange(dueNs, 0, due, 0n) === due) bell.postMessage(0)
}
