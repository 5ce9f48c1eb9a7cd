import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readProcessTable } from '../../src/base/process-table.ts'

/** A server that proofload neither starts nor stops, with a child that stays and children that come and go. */
export interface Bystander {
  readonly pid: number
  readonly port: number
  /** Letters of `/proc/PID/stat` of it and its children. */
  states(): string
  isWell(): Promise<boolean>
  /** Limits, cores and niceness, which must be afterwards what they were before. */
  condition(): string
  end(): void
}

export async function startBystander(port: number): Promise<Bystander> {
  const code = `
const { spawn } = require('child_process')
require('http').createServer((q, r) => r.end('well')).listen(${port}, '127.0.0.1', () => console.log('up'))
spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
setInterval(() => spawn('/bin/sleep', ['1'], { stdio: 'ignore' }), 500)
process.stdout.on('error', () => {})`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  const group = () => readProcessTable().filter((stat) => stat.group === pid && stat.state !== 'Z')
  return {
    pid,
    port,
    states: () =>
      group()
        .map(({ state }) => state)
        .join(''),
    isWell: () =>
      fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2000) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    condition() {
      const status = read(`/proc/${pid}/status`)
      const stat = read(`/proc/${pid}/stat`)
      const cores = /^Cpus_allowed_list:.*$/m.exec(status)?.[0] ?? ''
      // Its field 19, after the name in parentheses, which is field 2.
      const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16] ?? ''
      return [read(`/proc/${pid}/limits`), cores, `nice ${nice}`].join('\n')
    },
    end() {
      for (const each of group()) {
        try {
          process.kill(each.pid, 'SIGKILL')
        } catch {
          // It has ended by itself.
        }
      }
    },
  }
}

/** What it was found in meanwhile: under a quota it might only be its turn, so one look is not enough. */
export async function statesOverTime(bystander: Bystander, looks = 60): Promise<string> {
  const found = new Set<string>()
  for (let i = 0; i < looks; i++) {
    for (const state of bystander.states()) found.add(state)
    await new Promise((resolve) => setTimeout(resolve, 7))
  }
  return [...found].join('')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
