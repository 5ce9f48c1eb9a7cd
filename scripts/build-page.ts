import { build } from 'esbuild'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '..', 'src', 'report', 'html', 'page')

/** Bundles the report page's client code and styles, uPlot included, into `page.js` and `page.css`. */
export async function buildPage(outDir: string): Promise<void> {
  mkdirSync(outDir, { recursive: true })
  await build({
    entryPoints: { page: join(source, 'main.ts') },
    outdir: outDir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome109', 'firefox115', 'safari16'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: join(source, 'tsconfig.json'),
  })
}
