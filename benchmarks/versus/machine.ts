import { arch, cpus, release, totalmem } from 'node:os'

/** What the figures depend on, in one line. */
export function describeMachine(): string {
  const models = new Set(cpus().map(({ model }) => model.trim()))
  const memory = `${Math.round(totalmem() / 1e9)} GB`
  return `${cpus().length} × ${[...models].join(', ')}, ${memory}, Linux ${release()} ${arch()}, Node.js ${process.version}`
}
