import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { memoryLimit } from './cgroup-memory.ts'
import { createHostProbe } from './host.ts'

describe('the host probe', () => {
  it('tells shares between 0 and 1 and agrees with the system about the disk', async () => {
    const probe = await createHostProbe({ kind: 'host' }, { targetPid: () => undefined, services: {}, folder: tmpdir() })
    const endMs = performance.now() + 60
    while (performance.now() < endMs); // so that some CPU was used; the kernel counts in steps of 10 ms
    const values = await probe.sample()
    const { bavail, bsize } = statfsSync(tmpdir())
    for (const name of ['host.cpu', 'host.memory', 'host.disk', 'generator.memory.share']) {
      expect(values[name]).toBeGreaterThan(0)
      expect(values[name]).toBeLessThanOrEqual(1)
    }
    // Others write at the same time: 1 GB is far below the size of any disk that tests run on.
    expect(Math.abs((values['host.disk.free'] ?? 0) - bavail * bsize)).toBeLessThan(1e9)
    expect(Object.keys(values).filter((name) => !(name in probe.units))).toEqual([])
  })

  it('knows what this process itself holds, as a size and as a share', async () => {
    const probe = await createHostProbe({ kind: 'host' }, { targetPid: () => undefined, services: {}, folder: tmpdir() })
    const before = await probe.sample()
    const held = Buffer.alloc(100e6, 1)
    const after = await probe.sample()
    const grown = (after['generator.memory'] ?? 0) - (before['generator.memory'] ?? 0)
    expect(grown / held.length).toBeGreaterThan(0.8) // a collection of garbage may give a little back meanwhile
    expect(grown / held.length).toBeLessThan(1.5)
    const total = (after['generator.memory'] ?? 0) / (after['generator.memory.share'] ?? 1)
    const free = after['host.memory.free'] ?? 0
    expect(free).toBeGreaterThan(0)
    // One total stands behind all of them: the machine's memory or the control group's limit.
    expect(free / total).toBeCloseTo(1 - (after['host.memory'] ?? 0), 6)
  })

  it('tells what it cannot see of a folder that is gone by leaving it out', async () => {
    const probe = await createHostProbe({ kind: 'host' }, { targetPid: () => undefined, services: {}, folder: '/no/such/folder' })
    expect(await probe.sample()).not.toHaveProperty('host.disk.free')
  })
})

describe('a memory limit of the control group', () => {
  it('is ignored when it is not below the memory of the machine', () => {
    expect(memoryLimit(1e12, '')).toBeUndefined()
  })

  it('counts without what can be dropped', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proofload-test-'))
    writeFileSync(join(folder, 'memory.max'), '1000\n')
    writeFileSync(join(folder, 'memory.current'), '600\n')
    writeFileSync(join(folder, 'memory.stat'), 'anon 1\ninactive_file 100\n')
    expect(memoryLimit(5000, `0::${folder}`, '/')).toEqual({ limit: 1000, used: 500 })
    expect(memoryLimit(900, `0::${folder}`, '/')).toBeUndefined()
    rmSync(folder, { recursive: true, force: true })
  })
})
