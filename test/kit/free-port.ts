import { createServer } from 'node:net'

/** Below the range that the kernel takes source ports from, so that no connection of another test sits on it. */
const lowest = 20_000
const highest = 31_000
const given = new Set<number>()

/** A port of 127.0.0.1 that nobody listens on and that this process has not given away before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

/** Whether a server could listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
