import { readFileSync, readdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { cpus, freemem, loadavg, totalmem } from 'node:os'
import type { Probe, ProbeFactory } from './probe.ts'
import { memoryLimit } from './cgroup-memory.ts'
import { linkBytesPerSec, parseDisks, parseMemory, parseNetwork, parsePorts, parsePressure } from './host-files.ts'

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const pressures = ['cpu', 'memory', 'io'] as const

/** The machine that all of this runs on. */
export const createHostProbe: ProbeFactory<{ readonly kind: 'host' }> = (_spec, { folder }) =>
  Promise.resolve(new HostProbe(folder))

interface Counters {
  readonly atMs: number
  /** Milliseconds of all cores since boot. */
  readonly busy: number
  readonly total: number
  readonly perSecond: Readonly<Record<string, number>>
}

class HostProbe implements Probe {
  readonly name = 'host'
  readonly units = {
    'host.cpu': 'ratio',
    'host.memory': 'ratio',
    'host.memory.free': 'bytes',
    'host.disk': 'ratio',
    'host.disk.free': 'bytes',
    'host.disk.read': 'bytesPerSec',
    'host.disk.write': 'bytesPerSec',
    'host.disk.busy': 'count',
    'host.net.in': 'bytesPerSec',
    'host.net.out': 'bytesPerSec',
    'host.net.loopback': 'bytesPerSec',
    'host.net.limit': 'bytesPerSec',
    'host.load': 'count',
    'host.ports': 'count',
    'host.pressure.cpu': 'ratio',
    'host.pressure.memory': 'ratio',
    'host.pressure.io': 'ratio',
    'generator.memory': 'bytes',
    'generator.memory.share': 'ratio',
  }
  readonly limitations: readonly string[]
  readonly #folder: string
  readonly #link = linkSpeed()
  readonly #ports = parsePorts(read('/proc/sys/net/ipv4/ip_local_port_range'))
  #last: Counters

  constructor(folder: string) {
    this.#folder = folder
    this.#last = count()
    this.limitations = [
      ...(read('/proc/diskstats') === '' ? ['disk and network traffic of the host are told on Linux only'] : []),
      ...(read('/proc/pressure/cpu') === '' ? ['this kernel does not tell pressure (no /proc/pressure)'] : []),
    ]
  }

  async sample(): Promise<Record<string, number>> {
    const now = count()
    const last = this.#last
    this.#last = now
    const values: Record<string, number> = { ...memory(), 'host.load': loadavg()[0] ?? 0 }
    if (this.#link > 0) values['host.net.limit'] = this.#link
    if (this.#ports !== undefined) values['host.ports'] = this.#ports
    for (const name of pressures) {
      const share = parsePressure(read(`/proc/pressure/${name}`))
      if (share !== undefined) values[`host.pressure.${name}`] = share
    }
    if (now.total > last.total) values['host.cpu'] = (now.busy - last.busy) / (now.total - last.total)
    const elapsedSec = (now.atMs - last.atMs) / 1000
    for (const [name, value] of Object.entries(now.perSecond)) {
      const before = last.perSecond[name]
      if (before !== undefined && value >= before && elapsedSec > 0) values[name] = (value - before) / elapsedSec
    }
    return { ...values, ...(await this.#disk()) }
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }

  async #disk(): Promise<Record<string, number>> {
    try {
      const { bavail, bfree, blocks, bsize } = await statfs(this.#folder)
      const usable = blocks - bfree + bavail
      return { 'host.disk.free': bavail * bsize, ...(usable > 0 ? { 'host.disk': 1 - bavail / usable } : {}) }
    } catch {
      return {}
    }
  }
}

function linkSpeed(): number {
  try {
    return linkBytesPerSec(readdirSync('/sys/class/net').map((name) => read(`/sys/class/net/${name}/speed`)))
  } catch {
    return 0
  }
}

function count(): Counters {
  let busy = 0
  let total = 0
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    total += all
    busy += all - times.idle
  }
  return {
    atMs: performance.now(),
    busy,
    total,
    perSecond: { ...parseDisks(read('/proc/diskstats')), ...parseNetwork(read('/proc/net/dev')) },
  }
}

/**
 * What is not available of the memory; of the control group's limit where that is nearer to being reached. And what this process holds of
 * it: the generator with all its threads, and the functions under test where those run inside it.
 */
function memory(): Record<string, number> {
  const machine = parseMemory(read('/proc/meminfo')) ?? { total: totalmem(), available: freemem() }
  const own = process.memoryUsage.rss()
  const free = (total: number, used: number, available: number): Record<string, number> => ({
    'host.memory': used / total,
    'host.memory.free': available,
    'generator.memory': own,
    'generator.memory.share': own / total,
  })
  const used = machine.total - machine.available
  const group = memoryLimit(machine.total)
  if (group === undefined || group.used / group.limit <= used / machine.total) return free(machine.total, used, machine.available)
  return free(group.limit, group.used, Math.max(0, group.limit - group.used))
}
