import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The package that proofload itself uses: Artillery brings an older `ws` into the folder beside this. */
export const rootPackage = createRequire(join(import.meta.dirname, '..', '..', 'package.json'))
