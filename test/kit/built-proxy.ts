import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { startProxy as StartProxy, Proxy } from '../../src/faults/index.ts'

/** The proxy in its thread, which starts from the built file only. */
export async function builtStartProxy(): Promise<typeof StartProxy> {
  const door = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'faults', 'index.js')).href
  const { startProxy } = (await import(door)) as { startProxy: typeof StartProxy } // built from the same types
  return startProxy
}

/** A proxy of a run that began now, of which nobody reads the windows. */
export async function startBuiltProxy(): Promise<Proxy> {
  const start = await builtStartProxy()
  return start({
    runStartNs: String(process.hrtime.bigint()),
    onWindows: () => undefined,
    onDeath: (error) => {
      throw error
    },
  })
}
