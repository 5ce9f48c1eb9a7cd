import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'
import { fullDisk, mayMount } from '../kit/undo/full-disk.ts'

describe.concurrent('a run folder that cannot be is refused before anything starts', () => {
  const places: readonly (readonly [string, string, RegExp])[] = [
    ['below a file', 'notes.txt/run', /ENOTDIR|not a (folder|directory)/],
    ['a file', 'notes.txt', /it exists and is not a folder/],
    ['below a device', '/dev/full/run', /ENOTDIR|not a directory/],
    ['a folder with other files in it', 'mine', /holds files that are not from a run of proofload/],
  ]
  for (const [title, out, reason] of places) {
    it(title, () =>
      withBench(async (bench) => {
        simplePlan(bench)
        bench.write('notes.txt', 'mine\n')
        mkdirSync(join(bench.folder, 'mine'))
        bench.write('mine/thesis.txt', 'years of work\n')
        const { status, stderr } = await bench.cli(['run', 'test.plan.ts', '--out', out])
        expect(stderr).toContain('Expected --out to be a folder that can be written, got')
        expect(stderr).toContain(out)
        expect(stderr).toMatch(reason)
        expect(stderr).toContain('Give another folder with --out DIR')
        expect(stderr).toContain('(OUT_UNUSABLE)')
        expect(status).toBe(2)
        expect(readdirSync(join(bench.folder, 'mine'))).toEqual(['thesis.txt'])
        expect(await bench.leftovers()).toEqual([])
      }),
    )
  }

  it('a folder of temporary files that is missing', () =>
    withBench(async (bench) => {
      simplePlan(bench)
      const { status, stderr } = await bench.cli(['run', 'test.plan.ts'], { env: { TMPDIR: '/nowhere' } })
      expect(stderr).toContain('Expected TMPDIR to be a folder that can be written, got /nowhere')
      expect(stderr).toContain('(TMPDIR_UNUSABLE)')
      expect(status).toBe(2)
    }))

  it('a report that cannot be written says so', () =>
    withBench(async (bench) => {
      simplePlan(bench, { behaviour: false, body: "await think('50ms')", test: "users: 1, for: '1s'" })
      await bench.run()
      const { status, stderr } = await bench.cli(['report', bench.out, '--out', '/dev/full'])
      expect(stderr).toContain('The report cannot be written to `/dev/full`')
      expect(status).toBe(2)
    }))
})

/** A record grows by some 10 kB a second here; the target is started and stopped as ever. */
const fills = {
  test: "users: 2, for: '40s'",
  body: "await http.get('/' + vu.iteration % 50, { name: `page ${vu.iteration % 50}` })\n  await think('5ms')",
}

describe('a disk that fills in mid-run ends the run with status 4, and what was written can be read', () => {
  it('by a limit on the size of files', () =>
    withBench(async (bench) => {
      simplePlan(bench, fills)
      const { status, stderr, seconds } = await bench.run([], { prefix: ['prlimit', '--fsize=98304'] })
      expect(stderr).toContain(`The run record in ${bench.out} cannot be written: EFBIG`)
      expect(stderr).toContain('Free some space, or write elsewhere with --out DIR')
      expect(stderr).toContain('(DISK_FULL)')
      expect(status).toBe(4)
      expect(seconds).toBeLessThan(40)
      await expectReadable(bench)
      expect(await bench.leftovers()).toEqual([])
    }))

  it('before it is full, by the guard that every run has', { skip: !mayMount() }, () =>
    withBench(async (bench) => {
      mkdirSync(bench.out)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', bench.out])
      try {
        simplePlan(bench, fills)
        // Something else takes nearly all of it once the load runs.
        const takeSpace = (): void => {
          const ballast = join(bench.out, 'ballast')
          if (!existsSync(ballast)) writeFileSync(ballast, Buffer.alloc(19.4 * 1024 * 1024))
        }
        const { status, stdout, seconds } = await bench.run([], { onOutput: takeSpace })
        expect(stdout).toContain('host.disk.free < 5%')
        expect(seconds).toBeLessThan(40)
        expect(status).toBe(4)
        await expectReadable(bench)
        expect(await bench.leftovers()).toEqual([])
      } finally {
        execFileSync('umount', [bench.out])
      }
    }),
  )

  it('on a small file system, where the plan has taken the guard away', { skip: !mayMount() }, () =>
    withBench(async (bench) => {
      mkdirSync(bench.out)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160k', 'tmpfs', bench.out])
      try {
        simplePlan(bench, { ...fills, more: "stopWhen: ['host.disk.free < 1kB for 30s']," })
        const { status, stderr, seconds } = await bench.run()
        expect(stderr).toContain(`The run record in ${bench.out} cannot be written: ENOSPC`)
        expect(stderr).not.toContain('defect of proofload')
        expect(status).toBe(4)
        expect(seconds).toBeLessThan(40)
        await expectReadable(bench)
        expect(await bench.leftovers()).toEqual([])
      } finally {
        execFileSync('umount', [bench.out])
      }
    }),
  )

  it.each(['4k', '8k', '12k'])('is refused at once where not even the plan fits: %s', { skip: !mayMount() }, (size) =>
    withBench(async (bench) => {
      mkdirSync(bench.out)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', bench.out])
      try {
        simplePlan(bench)
        const { status, stderr } = await bench.run()
        expect(stderr).not.toContain('defect of proofload')
        expect([2, 4]).toContain(status)
        expect(await bench.leftovers()).toEqual([])
      } finally {
        execFileSync('umount', [bench.out])
      }
    }),
  )

  it('so is a run whose temporary files do not fit', { skip: !mayMount() }, () =>
    withBench(async (bench) => {
      const disk = fullDisk(bench, 'temporary files')
      try {
        simplePlan(bench)
        disk.fill(process.pid)
        const { status, stderr } = await bench.run()
        expect(stderr).toContain('ENOSPC')
        expect(stderr).toContain('(DISK_FULL)')
        expect(stderr).toContain('temporary files where TMPDIR does')
        expect(status).toBe(4)
        expect(await bench.leftovers()).toEqual([])
      } finally {
        disk.remove()
      }
    }),
  )
})

async function expectReadable(bench: TestBench): Promise<void> {
  const { status, stdout } = await bench.cli(['report', bench.out, '--format', 'json'])
  expect(status).toBe(0)
  const result = JSON.parse(stdout) as { tests: { totals: { requests: number } }[] } // `result.json` on the screen
  expect(result.tests[0]!.totals.requests).toBeGreaterThan(0)
}
