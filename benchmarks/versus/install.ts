import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const home = join(import.meta.dirname, '..')
// Our own manifest, checked in beside this.
const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }

/** Installs the tools that come from npm beside the benchmarks, once. Each by itself: Artillery is large, and may be missed. */
export function installTools(names: readonly string[], say: (line: string) => void): void {
  for (const name of names) {
    if (existsSync(join(home, 'node_modules', name, 'package.json'))) continue
    say(`installing ${name} into benchmarks/node_modules (Artillery takes a minute and 450 MB) …`)
    // No scripts: Artillery would download browsers.
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--no-save', '--loglevel=error']
    const wanted = dependencies[name] ?? 'latest'
    const { status } = spawnSync('npm', [...args, `${name}@${wanted}`], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) say(`${name} could not be installed: going on without it`)
  }
}
