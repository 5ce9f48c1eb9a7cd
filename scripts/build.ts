import { spawn } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './build-page.ts'
import { bundleProgram } from './bundle.ts'

/**
 * Builds `dist/` from nothing: the program, the reference systems and the report page's client code. The new tree is made beside the old
 * one and takes its place in the end, so that a failed build leaves the old one, and a running proofload hardly notices.
 */
const root = join(import.meta.dirname, '..')
const next = join(root, `dist-${process.pid}`)

function tsc(project: string, outDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const child = spawn(process.execPath, [compiler, '-p', project, '--outDir', outDir], { cwd: root, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`tsc -p ${project} ended with status ${String(code)}`)),
    )
  })
}

try {
  await Promise.all([
    bundleProgram(next),
    tsc('tsconfig.build.json', next), // the declarations alone
    tsc('systems/tsconfig.json', join(next, 'systems')),
  ])
  await buildPage(join(next, 'report', 'html'))
  const old = `${next}-old`
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old)
  renameSync(next, join(root, 'dist'))
  rmSync(old, { recursive: true, force: true })
} catch (error) {
  rmSync(next, { recursive: true, force: true })
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
