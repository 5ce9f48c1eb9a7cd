import { parseArgs } from 'node:util'
import { defects, isDefect, type Defect } from './defects.ts'
import type { Removable } from './protection/contract.ts'

export interface ChatArguments {
  readonly host: string
  readonly port: number
  readonly tcpPort: number
  readonly databaseUrl: string
  readonly defects: readonly Defect[]
  readonly without: readonly Removable[]
  readonly settings: Settings
}

/** Numbers of the environment: `CHAT_` and their name in capitals. */
export interface Settings {
  /** Requests and commands a second of one user or address, and how many at once. */
  readonly userRate: number
  readonly userBurst: number
  readonly addressRate: number
  readonly addressBurst: number
  /** N of scrypt. */
  readonly scryptCost: number
  readonly poolMax: number
  /** Users that are there from the start: see `addDemo`. */
  readonly demoUsers: number
  readonly connections: number
  readonly addressConnections: number
  readonly outboundBytes: number
  readonly helloMs: number
  readonly heartbeatMs: number
  /** How long `/health` says 503 before anything is closed, so that whoever sends users here notices. */
  readonly noticeMs: number
  readonly drainMs: number
}

const defaults: Settings = {
  userRate: 50,
  userBurst: 100,
  addressRate: 20_000,
  addressBurst: 20_000,
  scryptCost: 16_384,
  poolMax: 20,
  demoUsers: 0,
  connections: 10_000,
  addressConnections: 10_000,
  outboundBytes: 1024 * 1024,
  helloMs: 5_000,
  heartbeatMs: 30_000,
  noticeMs: 300,
  drainMs: 5_000,
}

/** A wrong command line or environment; its message is all that the person sees. */
export class ArgumentError extends Error {}

const removable: readonly Removable[] = ['metrics', 'audit', 'validation', 'limiter', 'patterns']

export const usage = `Usage: node dist/systems/chat/main.js [--port PORT] [--tcp-port PORT] [--host ADDRESS] [--defect NAME]... [--without NAME,NAME]
Needs DATABASE_URL. PORT, TCP_PORT, HOST, CHAT_DEFECTS and CHAT_WITHOUT in the environment are used for what is absent; 8080, 7000 and 127.0.0.1 by default.
--without: ${removable.join(', ')}
Defects: ${Object.entries(defects)
  .map(([name, { summary }]) => `\n  ${name.padEnd(23)} ${summary}`)
  .join('')}`

type Environment = Readonly<Record<string, string | undefined>>

export function parseChatArguments(argv: readonly string[], environment: Environment): ChatArguments {
  const values = parse(argv)
  const databaseUrl = environment['DATABASE_URL']
  if (!databaseUrl || !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new ArgumentError('Expected DATABASE_URL in the environment, such as postgres://user@127.0.0.1:5432/chat.')
  }
  const names = [...values.defect, environment['CHAT_DEFECTS'] ?? ''].flatMap(listed)
  const unknown = names.find((name) => !isDefect(name))
  if (unknown !== undefined) throw new ArgumentError(`Unknown defect "${unknown}"; known are ${Object.keys(defects).join(', ')}.`)
  return {
    host: values.host ?? environment['HOST'] ?? '127.0.0.1',
    port: parsePort(values.port ?? environment['PORT'] ?? '8080'),
    tcpPort: parsePort(values['tcp-port'] ?? environment['TCP_PORT'] ?? '7000'),
    databaseUrl,
    defects: names.filter(isDefect),
    without: [...values.without, environment['CHAT_WITHOUT'] ?? ''].flatMap(listed).map(parseRemovable),
    settings: parseSettings(environment),
  }
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        'tcp-port': { type: 'string' },
        defect: { type: 'string', multiple: true, default: [] },
        without: { type: 'string', multiple: true, default: [] },
      },
    })
    return values
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error))
  }
}

const listed = (text: string): string[] => text.split(',').filter((name) => name !== '')

/** 0 is allowed: the kernel chooses, and the server prints which. */
function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new ArgumentError(`Expected a port from 0 to 65535, got "${text}".`)
  return port
}

function parseRemovable(name: string): Removable {
  const found = removable.find((known) => known === name)
  if (found === undefined) throw new ArgumentError(`Expected --without to list ${removable.join(', ')}, got "${name}".`)
  return found
}

/** `userRate` is CHAT_USER_RATE. */
export const variableOf = (setting: string): string => `CHAT_${setting.replace(/[A-Z]/g, '_$&').toUpperCase()}`

function parseSettings(environment: Environment): Settings {
  const entries = Object.entries(defaults).map(([setting, standard]: [string, number]) => {
    const text = environment[variableOf(setting)]
    const value = text === undefined ? standard : Number(text)
    if (text === '' || !Number.isFinite(value) || value < 0) {
      throw new ArgumentError(`Expected ${variableOf(setting)} to be a number such as ${standard}, got "${text ?? ''}".`)
    }
    return [setting, value] as const
  })
  return { ...defaults, ...Object.fromEntries(entries) }
}
