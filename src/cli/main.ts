import { Command, CommanderError, Option } from 'commander'
import { ToolError } from '../base/errors.ts'
import { ownVersion } from '../base/own-version.ts'
import type { CommandInput, CommandModule } from './command-input.ts'
import type { CommandSpec, OptionSpec } from './command-table.ts'
import { commandTable, exitStatuses } from './command-table.ts'
import type { CommandName } from './command-table.ts'
import { printError } from './print-error.ts'

/** Commands are loaded when they are called: `--help` needs no esbuild. */
const modules: Record<CommandName, () => Promise<CommandModule>> = {
  run: async () => (await import('./commands/run.ts')).run,
  report: async () => (await import('./commands/report.ts')).report,
  init: async () => (await import('./commands/init.ts')).init,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  compare: () => Promise.resolve(notAvailable('compare', 'Until then, compare the two report pages side by side.')),
  stop: async () => (await import('./commands/stop.ts')).stop,
  proxy: async () => (await import('./commands/proxy.ts')).proxy,
}

function notAvailable(name: string, hint: string): CommandModule {
  return () =>
    Promise.reject(new ToolError('NOT_AVAILABLE', `\`proofload ${name}\` does not exist in this version yet.`, { hint }))
}

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = new Command('proofload')
    .description(
      'Finds out what a service can bear: how much load it carries, what breaks first, how it fails, and how fast it comes back.',
    )
    .version(ownVersion())
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `\nExit status:\n${exitStatuses.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}`).join('\n')}`,
    )

  for (const name of Object.keys(commandTable) as CommandName[]) {
    // the keys of a const object
    addCommand(program, commandTable[name], async (input) => {
      const command = await modules[name]()
      exitCode = await command(input)
    })
  }
  try {
    await program.parseAsync(argv)
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return printError(error)
  }
}

function addCommand(program: Command, spec: CommandSpec, action: (input: CommandInput) => Promise<void>): void {
  const command = program.command(`${spec.name} ${spec.args}`.trim()).description(spec.summary).exitOverride()
  for (const option of spec.options) command.addOption(toOption(option))
  if (spec.examples.length > 0)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`)
  command.action(async () => {
    await action({ args: command.args, options: command.opts() })
  })
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.text)
  if (spec.many === undefined) return option
  const split = spec.many === 'list'
  return option.argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    ...(split ? value.split(',').map((part) => part.trim()) : [value]),
  ])
}

process.exitCode = await main(process.argv)
// All is done, and its status stands: Ctrl-C only hurries the end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit())
// A timer or a connection that the plan itself has left open must not keep a finished run alive; what is still being printed may.
setInterval(() => {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit()
}, 1000).unref()
