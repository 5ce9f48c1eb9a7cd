import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildPage } from './build-page.ts'

/** Builds `dist/` from nothing: the program, the reference systems and the report page's client code. */
const root = join(import.meta.dirname, '..')

function tsc(project: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project], {
      cwd: root,
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`tsc -p ${project} ended with status ${String(code)}`)),
    )
  })
}

rmSync(join(root, 'dist'), { recursive: true, force: true })
try {
  await Promise.all([tsc('tsconfig.build.json'), tsc('systems/tsconfig.json')])
  await buildPage(join(root, 'dist', 'report', 'html'))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
