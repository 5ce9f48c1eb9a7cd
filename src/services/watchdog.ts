/**
 * Entry of the watchdog: a process of its own session that outlives a `kill -9` of proofload. It reads the journal of the run as JSON lines
 * from its standard input. A line `done` before the end of the input means that the run cleaned up itself; otherwise this process does it.
 */
import { endProcesses } from './end-processes.ts'
import type { RunJournal } from './journal.ts'
import { isJournal, removeFolders, removeJournal } from './journal.ts'
import { putRight } from './undo.ts'

const graceMs = 2000

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

let latest: RunJournal | undefined
let done = false
let rest = ''

function onText(text: string): void {
  const lines = (rest + text).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) {
    if (line === 'done') done = true
    else onState(line)
  }
}

function onState(line: string): void {
  const parsed: unknown = JSON.parse(line)
  if (isJournal(parsed)) latest = parsed
}

async function onEnd(): Promise<void> {
  if (!done && latest !== undefined) await cleanUp(latest)
  process.exit(0)
}

async function cleanUp(journal: RunJournal): Promise<void> {
  const left = await endProcesses({ processes: journal.processes, mark: { runId: journal.runId }, graceMs })
  // Whoever stopped it is gone now, and does not stop it again.
  const wrong = putRight(journal.undo ?? [])
  const kept = removeFolders(journal.folders)
  // What would not go stays in the journal, for `proofload doctor` to tell.
  if (left.length + wrong.length + kept.length === 0) removeJournal(journal.runId)
}

process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk) => onText(String(chunk)))
process.stdin.on('end', () => void onEnd())
process.stdin.on('error', () => void onEnd())
