import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
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
