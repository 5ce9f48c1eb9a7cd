import { parseArgs } from 'node:util'
import { defects, isDefectName, type DefectName } from './defects.ts'

export interface ShopArguments {
  readonly port: number
  readonly databaseUrl: string
  /** Absent: payments are simulated. */
  readonly paymentsUrl: string | undefined
  readonly defects: readonly DefectName[]
  readonly log: boolean
}

/** A wrong command line or environment; its message is all that the person sees. */
export class ArgumentError extends Error {}

export const usage = `Usage: node dist/systems/shop/main.js [--port PORT] [--defect NAME]... [--log]
Needs DATABASE_URL. PORT in the environment is used when --port is absent; default 8080. Without PAYMENTS_URL payments are simulated.
Defects: ${Object.entries(defects)
  .map(([name, { summary }]) => `\n  ${name.padEnd(15)} ${summary}`)
  .join('')}`

export function parseShopArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ShopArguments {
  const { port, defect, log } = parse(argv)
  const databaseUrl = environment['DATABASE_URL']
  if (!databaseUrl)
    throw new ArgumentError('Expected DATABASE_URL in the environment, such as postgres://user@127.0.0.1:5432/shop.')
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) throw new ArgumentError('Expected DATABASE_URL to start with postgres://.')
  const unknown = defect.find((name) => !isDefectName(name))
  if (unknown !== undefined) throw new ArgumentError(`Unknown defect "${unknown}"; known are ${Object.keys(defects).join(', ')}.`)
  const paymentsUrl = environment['PAYMENTS_URL']
  if (paymentsUrl !== undefined && !/^http:\/\//.test(paymentsUrl))
    throw new ArgumentError('Expected PAYMENTS_URL to start with http://.')
  return {
    port: parsePort(port ?? environment['PORT'] ?? '8080'),
    databaseUrl,
    paymentsUrl,
    defects: defect.filter(isDefectName),
    log,
  }
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        defect: { type: 'string', multiple: true, default: [] },
        log: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    throw new ArgumentError(error instanceof Error ? error.message : String(error))
  }
}

/** 0 is allowed: the kernel chooses, and the shop prints which. */
function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new ArgumentError(`Expected a port from 0 to 65535, got "${text}".`)
  return port
}
