// Plain JavaScript, because it runs before anything is installed: `npm start` and `npm test` work from a bare clone.
// Installs when the lock file changed since the last install, builds when a source is newer than the last build.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const hash = (/** @type {string[]} */ parts) => createHash('sha256').update(parts.join('\0')).digest('hex')

function run(title, command, args) {
  console.error(`proofload: ${title} …`)
  const began = Date.now()
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error ?? status !== 0) {
    console.error(
      `proofload: ${title} failed${error ? `: ${error.message}` : ` with status ${status}`}. The lines above say why; mend it and start again.`,
    )
    process.exit(status || 1)
  }
  console.error(`proofload: ${title} took ${((Date.now() - began) / 1000).toFixed(1)} s`)
}

function upToDate(stampFile, stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
}

const lockStamp = hash([readFileSync(join(root, 'package-lock.json'), 'utf8'), process.version])
const lockStampFile = join(root, 'node_modules', '.proofload-installed')
if (!upToDate(lockStampFile, lockStamp)) {
  const npm = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  if (npm?.endsWith('.js')) run('installing the packages', process.execPath, [npm, ...args])
  else run('installing the packages', 'npm', args)
  writeFileSync(lockStampFile, lockStamp)
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

const inputs = [
  ...sources('src'),
  ...sources('systems'),
  ...[
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.ts',
    'scripts/bundle.ts',
    'scripts/build-page.ts',
    'package-lock.json',
  ].map((f) => join(root, f)),
]
const buildStamp = hash(inputs.flatMap((file) => [file.slice(root.length), readFileSync(file, 'utf8')]))
const buildStampFile = join(root, 'dist', '.proofload-built')
if (!upToDate(buildStampFile, buildStamp)) {
  run('building', process.execPath, [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), join(root, 'scripts', 'build.ts')])
  writeFileSync(buildStampFile, buildStamp)
}
