import type { BuildOptions, Plugin } from 'esbuild'
import { build, transform } from 'esbuild'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const source = join(import.meta.dirname, '..', 'src')

/** What is imported or started by its path, and shares modules: bundled together, in a folder of `dist` each. */
const together = ['cli/main', 'public/index', 'public/runner', 'public/reporter', 'vu/worker-entry', 'faults/index']

/** Processes and threads that are to start at once and depend on no other file: bundled each by itself, by how deep they lie. */
const alone: readonly (readonly string[])[] = [
  ['services/watchdog', 'selftest/alarm-thread', 'selftest/queue-server', 'attacks/attack-thread'],
  ['faults/proxy/proxy-thread', 'faults/pressure/holder', 'faults/process/stopper', 'faults/preload/conductor'],
]

/** A module that asks where it is, to find a thread or a file beside it, hears its place in the tree of `src`, not the bundle's. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(source + sep)) return undefined
      const contents = readFileSync(path, 'utf8')
      if (!contents.includes('import.meta.')) return undefined
      const place = relative(source, path).split(sep).join('/').replace(/ts$/, 'js')
      return { contents: `const ownUrl = new URL(${JSON.stringify(place)}, distUrl).href; ${contents}`, loader: 'ts' }
    })
  },
}

/** @param depth how many folders below `dist` each output lies */
function options(entries: readonly string[], depth: number, outdir: string): BuildOptions {
  return {
    entryPoints: Object.fromEntries(entries.map((entry) => [entry, join(source, `${entry}.ts`)])),
    outdir,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [ownPlaces],
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: `const distUrl = new URL(${JSON.stringify('../'.repeat(depth))}, import.meta.url);` },
  }
}

/** Bundles the program: some forty files instead of four hundred, so that a start reads what it needs at once. */
export async function bundleProgram(outdir: string): Promise<void> {
  await Promise.all([
    build({ ...options(together, 1, outdir), splitting: true, chunkNames: 'chunks/[name]-[hash]' }),
    ...alone.map((entries, index) => build(options(entries, index + 1, outdir))),
    bundlePreload(outdir),
  ])
}

/** It is required into a target, and must stay a CommonJS module that loads the rest only when asked. */
async function bundlePreload(outdir: string): Promise<void> {
  const text = readFileSync(join(source, 'faults/preload/preload.cts'), 'utf8')
  const folder = join(outdir, 'faults/preload')
  const { code } = await transform(text, { loader: 'ts', format: 'cjs', platform: 'node', target: 'node20' })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'preload.cjs'), code.replace('./conductor.ts', './conductor.js'))
}
