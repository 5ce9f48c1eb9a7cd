import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createControlGroup } from './control-group.ts'

const mounts: string[] = []
afterEach(() => {
  for (const mount of mounts.splice(0)) rmSync(mount, { recursive: true, force: true })
})

/** Plain folders instead of a cgroup file system: what is written where is the same. */
function mounted(files: Readonly<Record<string, string>>): string {
  const mount = mkdtempSync(join(tmpdir(), 'cgroup-'))
  mounts.push(mount)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(mount, path, '..'), { recursive: true })
    writeFileSync(join(mount, path), text)
  }
  return mount
}

/** The kernel fills a new group with its files; here they are there before. */
function make(mount: string, own: string, controller: 'memory' | 'cpu' | 'pids', value: number) {
  return createControlGroup({ controller, value, name: 'proofload-x', beforeMade: () => undefined }, own, mount)
}

describe('a control group', () => {
  it('of version 2 has one line for processor time: quota and period', () => {
    const mount = mounted({ 'cgroup.controllers': 'cpu', 'app/proofload-x/cpu.max': 'max 100000' })
    expect(make(mount, '0::/app\n', 'cpu', 0.5)).toMatchObject({ folder: join(mount, 'app/proofload-x') })
    expect(readFileSync(join(mount, 'app/proofload-x/cpu.max'), 'utf8')).toBe('50000 100000')
  })

  it('of version 1 stands below the folder of its controller, also where it is mounted together with another', () => {
    const mount = mounted({ 'cpu,cpuacct/a/proofload-x/cpu.cfs_quota_us': '-1' })
    expect(make(mount, '3:cpu,cpuacct:/a\n0::/\n', 'cpu', 2)).toMatchObject({ folder: join(mount, 'cpu,cpuacct/a/proofload-x') })
    expect(readFileSync(join(mount, 'cpu,cpuacct/a/proofload-x/cpu.cfs_quota_us'), 'utf8')).toBe('200000')
  })

  it('in a container begins at the root, where the path of the host is not seen', () => {
    const mount = mounted({ 'memory/proofload-x/memory.limit_in_bytes': '0' })
    expect(make(mount, '4:memory:/docker/1234\n', 'memory', 1e8)).toMatchObject({ folder: join(mount, 'memory/proofload-x') })
  })

  it('is not made, and nothing stays, where its controller is not switched on', () => {
    const mount = mounted({ 'cgroup.controllers': 'cpu', 'app/cgroup.procs': '' })
    const told: string[] = []
    const made = createControlGroup(
      { controller: 'memory', value: 1, name: 'proofload-x', beforeMade: (folder) => told.push(folder) },
      '0::/app\n',
      mount,
    )
    expect(made).toMatchObject({ reason: expect.stringContaining('not switched on') as string })
    expect(told).toEqual([join(mount, 'app/proofload-x')])
    expect(existsSync(join(mount, 'app/proofload-x'))).toBe(false)
  })

  it('is said to be missing where no control groups are mounted', () => {
    expect(make(mounted({}), '0::/\n', 'pids', 5)).toMatchObject({ reason: expect.stringContaining('pids') as string })
  })
})
