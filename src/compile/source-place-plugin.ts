import { readFile } from 'node:fs/promises'
import { extname, relative, sep } from 'node:path'
import type { Loader, Plugin } from 'esbuild'

/** Each source file's own place, by the names that {@link sourcePlacePlugin} declares in it. */
export const sourcePlaces: Readonly<Record<string, string>> = {
  'import.meta.url': '__sourceUrl',
  'import.meta.filename': '__sourceFile',
  'import.meta.dirname': '__sourceDir',
  __filename: '__sourceFile',
  __dirname: '__sourceDir',
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
}

/** In a bundle all files share one place; this gives each the place that it was written in, relative to the plan's folder. */
export function sourcePlacePlugin(planDir: string): Plugin {
  return {
    name: 'source-place',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path, namespace }) => {
        if (namespace !== 'file') return undefined
        const text = await readFile(path, 'utf8')
        if (!/\bimport\s*\.\s*meta\b|\b__(?:file|dir)name\b/.test(text)) return undefined
        return { contents: withPlace(text, relative(planDir, path).split(sep).join('/')), loader: loaders[extname(path)] ?? 'js' }
      })
    },
  }
}

/** On the first line, so that all lines keep their numbers; after what must come first. */
function withPlace(text: string, path: string): string {
  const url = `new URL(${JSON.stringify(encodeURI(path))}, __planRoot)`
  const file = `decodeURIComponent(__sourceUrl.slice(7))`
  const place = `var __sourceUrl = ${url}.href, __sourceFile = ${file}, __sourceDir = __sourceFile.slice(0, __sourceFile.lastIndexOf('/'));`
  const first = /^(?:#!.*\n)?(?:\s*(['"])use strict\1;?)?/.exec(text)?.[0] ?? ''
  // A directive may have been left without its semicolon.
  return `${first}${first === '' || first.endsWith('\n') ? '' : ';'}${place}${text.slice(first.length)}`
}
