import { keepCoresAwake } from '../../base/idle-cores.ts'
import { describeMachine, findHaltFile, listActiveRuns, mayRunInRealTime } from '../../run/index.ts'
import { selfTest } from '../../selftest/index.ts'
import { endLeftovers, listLeftovers } from '../../services/index.ts'
import type { CommandInput } from '../command-input.ts'
import { readOptions } from '../option-values.ts'

/** Shows what this machine is, finds and ends what a killed run left behind, and on request checks our own figures against formulas. */
export async function doctor({ options }: CommandInput): Promise<number> {
  const read = readOptions(options)
  const machine = describeMachine()
  print(`proofload ${machine.proofload}, Node ${machine.node}, ${machine.platform}`)
  print(`${machine.cores} cores (${machine.cpu}), ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB of memory`)
  print(`Idle cores ${canKeepAwake() ? 'are kept awake' : 'may sleep, and wake up late,'} while a run lasts.`)
  print(
    `The generator ${mayRunInRealTime() ? 'runs at real-time priority' : 'has ordinary priority, and waits for a core that others have'}.`,
  )
  showRuns()
  const clean = await cleanUp(read.flag('list'))
  const truthful = read.flag('selftest') ? await selfTest({ report: print }) : true
  return clean && truthful ? 0 : 1
}

function canKeepAwake(): boolean {
  const cores = keepCoresAwake()
  cores.release()
  return cores.awake
}

/** What goes on here now, and whether anything may. */
function showRuns(): void {
  for (const { plan, process: owner, startedAt, folder } of listActiveRuns())
    print(`In progress: ${plan}, process ${owner.pid}, since ${startedAt}, ${folder} (\`proofload stop\` ends it)`)
  const halt = findHaltFile()
  if (halt === undefined) return
  print(
    `No run may start: ${halt.path} halts every run on this machine${halt.why === undefined ? '' : ` ("${halt.why}")`}. rm ${halt.path}`,
  )
}

/** True when nothing is left behind. */
async function cleanUp(onlyList: boolean): Promise<boolean> {
  const found = listLeftovers()
  if (found.length === 0) {
    print('Nothing was left behind by an earlier run.')
    // But for the half of a file that somebody was killed over.
    if (!onlyList) await endLeftovers()
    return true
  }
  for (const { runId, startedAt, processes, folders, paused } of found) {
    print(`Left behind by ${runId === undefined ? 'a command without a run' : `the run ${runId}`} of ${startedAt}:`)
    for (const { pid, command } of processes) print(`  process ${pid}  ${command}`)
    for (const folder of folders) print(`  folder ${folder}`)
    for (const { pid, command, fault } of paused) print(`  stopped by the fault ${fault}: process ${pid}  ${command}`)
  }
  if (onlyList) return false
  const { processes, folders } = await endLeftovers()
  if (processes.length > 0) print(`These processes could not be ended or continued: ${processes.join(', ')}.`)
  if (folders.length > 0) print(`These folders could not be removed: ${folders.join(', ')}.`)
  const isClean = processes.length + folders.length === 0
  if (isClean) print('All of it was ended, removed and put right.')
  return isClean
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
