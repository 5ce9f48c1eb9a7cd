import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { cpuQuota } from './cgroup-cpu.ts'
import { allowedCores, heapLimit, processLimits, softFileLimit } from './process-limits.ts'

describe('limits of processes', () => {
  it('are those that a shell laid on a process before it began', async () => {
    const code = "console.log('up'); setInterval(() => {}, 1000)"
    const child = spawn('sh', ['-c', 'ulimit -n 64; exec "$0" --max-old-space-size=48 -e "$1"', process.execPath, code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(child.stdout, 'data')
      const limits = processLimits([child.pid ?? 0])
      expect(limits['target.files.limit']).toBe(64)
      // An idle Node.js has about twenty open.
      expect(limits['target.files.share']).toBeGreaterThan(10 / 64)
      expect(limits['target.files.share']).toBeLessThan(50 / 64)
      expect(limits['target.heap.limit']).toBe(48 * 1024 * 1024)
      expect(limits['target.cores']).toBeGreaterThanOrEqual(1)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('are less cores than there are, where a control group has a quota: of version 2, of version 1, and the smallest of those above', () => {
    const mount = temporaryFolder()
    const write = (folder: string, files: Readonly<Record<string, string>>): void => {
      mkdirSync(join(mount, folder), { recursive: true })
      for (const [name, text] of Object.entries(files)) writeFileSync(join(mount, folder, name), text)
    }
    write('a', { 'cpu.max': '50000 100000\n', 'cpu.stat': 'usage_usec 9\nnr_throttled 3\nthrottled_usec 250000\n' })
    write('a/b', { 'cpu.max': 'max 100000\n', 'cpu.stat': 'throttled_usec 0\n' })
    expect(cpuQuota('0::/a/b\n', mount)).toEqual({ cores: 0.5, throttledMs: 250 })
    write('a/b', { 'cpu.max': '10000 100000\n' })
    expect(cpuQuota('0::/a/b\n', mount)).toEqual({ cores: 0.1, throttledMs: 0 })
    write('cpu/c', { 'cpu.cfs_quota_us': '150000\n', 'cpu.cfs_period_us': '100000\n', 'cpu.stat': 'throttled_time 4000000\n' })
    expect(cpuQuota('4:memory:/x\n2:cpu,cpuacct:/c\n', mount)).toEqual({ cores: 1.5, throttledMs: 4 })
    write('cpu/c', { 'cpu.cfs_quota_us': '-1\n' })
    expect(cpuQuota('2:cpu:/c\n', mount)).toBeUndefined()
    expect(cpuQuota('', mount)).toBeUndefined()
  })

  it('are none where there is no process', () => {
    expect(processLimits([])).toEqual({})
  })

  it('are read as the kernel and Node.js write them', () => {
    expect(softFileLimit('Max open files            1024                 1048576              files     ')).toBe(1024)
    expect(softFileLimit('Max open files            unlimited            unlimited            files     ')).toBeUndefined()
    expect(allowedCores('Cpus_allowed:\tff\nCpus_allowed_list:\t0-2,5\n')).toBe(4)
    expect(heapLimit('node\0--max_old_space_size=64\0main.js\0--max-old-space-size=128')).toBe(128 * 1024 * 1024)
    expect(heapLimit('node\0main.js')).toBeUndefined()
  })
})
