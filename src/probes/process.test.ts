import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { readStat, ticksPerSecond } from '../base/process-table.ts'
import { createProcessProbe } from './process.ts'
import type { Probe } from './probe.ts'
import { countSockets } from './socket-watch.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
})

/** Runs code in a process group of its own and waits for its first line. */
async function run(code: string, env: Record<string, string> = {}): Promise<{ pid: number; line: string }> {
  const child = spawn(process.execPath, ['-e', code], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string] // readline gives a text
  return { pid: child.pid ?? 0, line }
}

function watch(pid: number): Promise<Probe> {
  return createProcessProbe({ kind: 'process' }, { targetPid: () => pid, services: {}, folder: '/tmp' })
}

describe('the process probe', () => {
  it('tells the CPU that the whole tree really used, and that of its busiest thread', async () => {
    const burn = `setInterval(() => { const e = Date.now() + 60; while (Date.now() < e); }, 100)`
    const { pid, line } = await run(
      `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(burn)}]); console.log(c.pid); ${burn}`,
    )
    const pids = [pid, Number(line)]
    const used = () => pids.map((each) => readStat(each)?.ticks ?? 0)
    const probe = await watch(pid)
    await probe.sample()
    const before = used()
    const startMs = performance.now()
    await sleep(1000) // CPU is a rate: there is nothing to wait for but time
    const values = await probe.sample()
    const after = used()
    const ticks = after.map((value, index) => value - (before[index] ?? 0))
    const seconds = (performance.now() - startMs) / 1000
    const expected = ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond / seconds / cpus().length
    // Two processes, each counted in steps of one tick, and the moments between our two reads and the probe's: 5 % of a core.
    expect(Math.abs((values['target.cpu'] ?? 0) - expected)).toBeLessThan(0.05)
    expect(values['target.cpu']).toBeGreaterThan(0)
    expect(values['target.cpu.core']).toBeLessThanOrEqual(Math.max(...ticks) / ticksPerSecond / seconds + 0.05)
    expect(values['target.cpu.core']).toBeGreaterThan(0)
    expect(values['target.processes']).toBe(2)
  })

  it('tells how long a thread waited for a core that others had', async () => {
    // Two loops that share one core: each waits half of the time. An idle process waits for nothing.
    const { pid } = await run(
      `const { spawnSync, spawn } = require('child_process'); spawnSync('taskset', ['-cp', '0', String(process.pid)]); spawn(process.execPath, ['-e', 'for (;;);']); console.log('up'); setTimeout(() => { for (;;); }, 10)`,
    )
    const idle = await run(`console.log('up'); setInterval(() => {}, 1000)`)
    const [crowded, quiet] = await Promise.all([watch(pid), watch(idle.pid)])
    await Promise.all([crowded.sample(), quiet.sample()])
    await sleep(1000) // a share of time: there is nothing to wait for but time
    const [waits, rests] = await Promise.all([crowded.sample(), quiet.sample()])
    expect(waits['target.cpu.wait']).toBeGreaterThan(0.25) // half, less what the child took to begin
    expect(waits['target.cpu.wanted']).toBeGreaterThan(1.1) // two that hardly ever rest, on one core
    const [core = 0, wait = 0] = [waits['target.cpu.core'], waits['target.cpu.core.wait']]
    expect(core + wait).toBeGreaterThan(0.8) // it never rests: it runs or it waits
    expect(rests['target.cpu.wait']).toBeLessThan(0.1) // it wakes once, which may have to wait on a busy machine
  })

  it('sees memory that is held', async () => {
    const { pid } = await run(
      `process.on('SIGUSR2', () => { globalThis.b = Buffer.alloc(100e6, 1); console.log('held') }); setInterval(() => {}, 1000); console.log('up')`,
    )
    const probe = await watch(pid)
    const before = (await probe.sample())['target.memory'] ?? 0
    const child = children.at(-1)
    const held =
      child?.stdout === null || child?.stdout === undefined ? Promise.reject(new Error('no output')) : once(child.stdout, 'data')
    process.kill(pid, 'SIGUSR2')
    await held
    const grown = ((await probe.sample())['target.memory'] ?? 0) - before
    // 100 MB of touched pages; the heap of an idle Node.js moves by a few MB besides.
    expect(grown).toBeGreaterThan(95e6)
    expect(grown).toBeLessThan(125e6)
  })

  it('counts open files and sockets by state', async () => {
    const code = `const fs = require('fs'); for (let i = 0; i < 30; i++) fs.openSync('/dev/null'); const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`
    const { pid, line } = await run(code)
    const socket = connect(Number(line), '127.0.0.1')
    await once(socket, 'connect')
    const probe = await watch(pid)
    const values = await probe.sample()
    socket.destroy()
    expect(values['target.files']).toBeGreaterThanOrEqual(30)
    expect(values['target.files']).toBeLessThan(80) // an idle Node.js has about twenty of its own
    expect(values['target.sockets.listen']).toBe(1)
    // The kernel completes the connection before the process accepts it, so its socket may not have an owner yet.
    expect(values['target.sockets']).toBeGreaterThanOrEqual(1)
    expect(values['target.threads']).toBeGreaterThan(1)
  })

  it('finds a child that left the group and its parent, by its mark', async () => {
    const orphan = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }); console.log(c.pid); process.exit()`
    const code = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(orphan)}], { stdio: ['ignore', 'inherit', 'ignore'] }); setInterval(() => {}, 1000)`
    const { pid, line } = await run(code, { PROOFLOAD_PART: `test-${process.pid}` })
    const probe = await watch(pid)
    await waitFor(() => readStat(Number(line))?.parent !== undefined && childrenOf(pid) === 0)
    const values = await probe.sample()
    process.kill(Number(line), 'SIGKILL')
    expect(values['target.processes']).toBe(2)
  })

  it('gives nothing once the target is gone, and follows one that was started afresh', async () => {
    const first = await run(`console.log('up'); setInterval(() => {}, 1000)`)
    let current = first.pid
    const probe = await createProcessProbe({ kind: 'process' }, { targetPid: () => current, services: {}, folder: '/tmp' })
    expect((await probe.sample())['target.processes']).toBe(1)
    process.kill(-first.pid, 'SIGKILL')
    await waitFor(() => readStat(first.pid) === undefined)
    children.pop()
    expect(await probe.sample()).toEqual({})
    current = (await run(`console.log('up'); setInterval(() => {}, 1000)`)).pid
    expect((await probe.sample())['target.processes']).toBe(1)
  })

  it('says why it cannot work when nothing is known of the target', async () => {
    await expect(
      createProcessProbe({ kind: 'process' }, { targetPid: () => undefined, services: {}, folder: '/tmp' }),
    ).rejects.toThrow(/no process of the target is known/)
  })
})

function childrenOf(pid: number): number {
  const stat = children.at(-1)?.pid === pid ? readStat(pid) : undefined
  return stat === undefined ? 0 : liveChildren(pid)
}

function liveChildren(parent: number): number {
  let count = 0
  for (let pid = parent + 1; pid < parent + 400; pid++) {
    const stat = readStat(pid)
    if (stat?.parent === parent && stat.state !== 'Z') count += 1
  }
  return count
}

async function waitFor(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not within 10 s')
    await sleep(10)
  }
}

describe('sockets of a process', () => {
  it('are those with its inodes, and those that wait out their time on its ports', () => {
    const rows = [
      { localPort: 80, state: 10, inode: 1 },
      { localPort: 80, state: 1, inode: 2 },
      { localPort: 80, state: 8, inode: 3 },
      { localPort: 80, state: 6, inode: 0 },
      { localPort: 9999, state: 6, inode: 0 },
      { localPort: 80, state: 1, inode: 77 },
      { localPort: 51234, state: 1, inode: 4 },
    ]
    expect(countSockets(rows, new Set([1, 2, 3, 4]))).toEqual({
      'target.sockets': 4,
      'target.sockets.established': 2,
      'target.sockets.close_wait': 1,
      'target.sockets.time_wait': 1,
      'target.sockets.listen': 1,
      // All but the one that a client of port 80 holds.
      'target.sockets.own': 3,
    })
  })
})
