import { format } from 'node:util'

export type LogLevel = 'info' | 'warn' | 'error'

const levels: Readonly<Record<string, LogLevel>> = {
  log: 'info',
  info: 'info',
  debug: 'info',
  trace: 'info',
  dir: 'info',
  warn: 'warn',
  error: 'error',
}

/** Lines a second that are passed on; a log in a hot loop must not become the load. */
const linesPerSecond = 200

/** Sends what scenarios print to the log instead of the terminal. Returns what puts the console back. */
export function captureConsole(log: (level: LogLevel, text: string) => void, now: () => number): () => void {
  const before = new Map(Object.keys(levels).map((name) => [name, Reflect.get(console, name) as unknown]))
  let second = 0
  let lines = 0
  for (const [name, level] of Object.entries(levels)) {
    Reflect.set(console, name, (...values: unknown[]) => {
      const current = Math.floor(now() / 1000)
      if (current !== second) {
        if (lines > linesPerSecond) log('warn', `${lines - linesPerSecond} more lines of output were left out in one second`)
        second = current
        lines = 0
      }
      if (++lines <= linesPerSecond) log(level, format(...values))
    })
  }
  return () => {
    for (const [name, value] of before) Reflect.set(console, name, value)
  }
}
