import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The page's own code and styles, as `scripts/build-page.ts` bundles them. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}

let kept: PageAssets | undefined

/** Beside this file in `dist`; from the sources, those of the last build. */
export function pageAssets(): PageAssets {
  if (kept) return kept
  const here = fileURLToPath(new URL('.', import.meta.url))
  const built = join(here, '..', '..', '..', 'dist', 'report', 'html')
  const folder = [here, built].find((one) => existsSync(join(one, 'page.js')))
  if (folder === undefined)
    throw new Error(`the report page is not built: ${join(built, 'page.js')} is missing; run \`npm run build\``)
  kept = readPageAssets(folder)
  return kept
}

export function readPageAssets(folder: string): PageAssets {
  return { script: readFileSync(join(folder, 'page.js'), 'utf8'), style: readFileSync(join(folder, 'page.css'), 'utf8') }
}
