/** One option of a command. The table below is the only place where options are declared: the parser and the reference page come from it. */
export interface OptionSpec {
  /** As commander reads it: `--out <dir>`. */
  readonly flags: string
  readonly text: string
  /** May be given several times, or as a list with commas. */
  readonly many?: 'list' | 'repeat'
}

export interface CommandSpec {
  readonly name: string
  /** As commander reads it: `[plans...]`. */
  readonly args: string
  readonly summary: string
  readonly options: readonly OptionSpec[]
  readonly examples: readonly string[]
}

export const commandTable = {
  run: {
    name: 'run',
    args: '[plans...]',
    summary:
      'Run plans, or a URL without a plan, to a verdict and a report. A folder stands for every *.plan.ts in it; without an argument: this folder.',
    options: [
      { flags: '--suite <names>', text: 'only the tests of these suites, e.g. load,stress; all: every suite', many: 'list' },
      { flags: '--test <name>', text: 'only the test of this name (repeatable)', many: 'repeat' },
      { flags: '--quick', text: 'the short form of every test that has one (`quick` in the plan)' },
      {
        flags: '--out <dir>',
        text: 'folder of the run record and the reports; default .proofload/runs/TIME-PLAN, of several plans .proofload/runs/TIME-N-plans with an index',
      },
      { flags: '--config <file>', text: 'overlay a YAML file on the plan (repeatable, later ones win)', many: 'repeat' },
      { flags: '--set <key=value>', text: 'overlay one value, e.g. tests.peak.for=30s (repeatable)', many: 'repeat' },
      { flags: '--objective <objective>', text: "judge by this objective instead of the plan's (repeatable)", many: 'repeat' },
      {
        flags: '--stop-when <condition>',
        text: "stop by this condition instead of the plan's (repeatable); the guards of the machine stay",
        many: 'repeat',
      },
      { flags: '--target <url>', text: "test this address instead of the plan's target; nothing is started there" },
      { flags: '--workers <n>', text: 'generator threads; default: one less than the cores, at least one' },
      {
        flags: '--cores-may-sleep',
        text: 'do not keep idle cores awake while the run lasts (Linux, where /dev/cpu_dma_latency may be written)',
      },
      {
        flags: '--normal-priority',
        text: "never run the generator's threads at real-time priority (Linux, where chrt may give it)",
      },
      { flags: '--seed <n>', text: 'seed of all randomness; default: drawn, and written in the record' },
      {
        flags: '--reporter <names>',
        text: 'what to write and show: live, line, text, html, json, junit, markdown, csv, github',
        many: 'list',
      },
      { flags: '--dry-run', text: 'check the plan and print what would run; start nothing' },
      { flags: '--debug', text: 'one iteration of one user, every request and answer shown' },
      {
        flags: '--isolate',
        text: 'every test begins with the data as `setup` has left it: a fresh database, and the target started on it',
      },
      { flags: '--resume <run>', text: 'go on with a capacity search that was killed or interrupted, in its own record' },
      { flags: '--users <n>', text: 'with a URL: this many users, each starting its next request when the last one is answered' },
      {
        flags: '--arrivals <rate>',
        text: 'with a URL: this many requests per second, e.g. 200/s, whether the target keeps up or not',
      },
      { flags: '--for <duration>', text: 'with a URL: length of the test, e.g. 30s' },
    ],
    examples: [
      'proofload run shop.plan.ts',
      'proofload run shop.plan.ts --suite load --quick',
      'proofload run systems/chat --suite load,stress --isolate',
      'proofload run http://127.0.0.1:8080/ --users 50 --for 10s',
    ],
  },
  report: {
    name: 'report',
    args: '<run>',
    summary: 'Rebuild a report from the record of a run, also of one that was killed.',
    options: [
      { flags: '--format <format>', text: 'html, text, json, junit, markdown or csv; default text' },
      { flags: '--out <file>', text: 'write here instead of to the screen' },
    ],
    examples: [
      'proofload report .proofload/runs/2026-11-21T11-42-07-shop',
      'proofload report RUN --format html --out report.html',
    ],
  },
  init: {
    name: 'init',
    args: '[url]',
    summary: 'Write a first plan and a CI workflow that run as they are.',
    options: [
      { flags: '--dir <dir>', text: 'where to write; default: this folder' },
      { flags: '--force', text: 'overwrite files that exist' },
    ],
    examples: ['proofload init http://127.0.0.1:8080'],
  },
  doctor: {
    name: 'doctor',
    args: '',
    summary: 'Show what this machine can do, and find and end what a killed run left behind.',
    options: [
      {
        flags: '--selftest',
        text: 'drive queues of known truth with the real engine and compare with the formulas (about a minute)',
      },
      { flags: '--list', text: 'only list what was left behind; end nothing' },
    ],
    examples: ['proofload doctor', 'proofload doctor --selftest'],
  },
  compare: {
    name: 'compare',
    args: '<baseline> <candidate>',
    summary: 'Compare two runs by statistics (not available yet).',
    options: [],
    examples: [],
  },
  stop: {
    name: 'stop',
    args: '[run]',
    summary:
      'Stop the run of this folder from outside, or every run of yours on this machine; waits until they have cleaned up, and says what became of each.',
    options: [],
    examples: ['proofload stop', 'proofload stop .proofload/runs/2026-11-21T11-42-07-shop'],
  },
  proxy: {
    name: 'proxy',
    args: '',
    summary: "A fault-injecting proxy that speaks Toxiproxy's HTTP API, for suites that use its clients. Ends with Ctrl-C.",
    options: [
      { flags: '--port <n>', text: 'port of the API; 0 takes one that is free; default 8474' },
      { flags: '--host <address>', text: 'address of the API; default 127.0.0.1' },
      {
        flags: '--i-own <hosts>',
        text: 'hosts besides this machine that proxies may lead to, or that it may listen at (repeatable)',
        many: 'list',
      },
    ],
    examples: ['proofload proxy', 'proofload proxy --port 0 --i-own staging.example.com'],
  },
} as const satisfies Record<string, CommandSpec>

export type CommandName = keyof typeof commandTable

/** Exit status and what it means: part of the contract. */
export const exitStatuses: readonly (readonly [number, string])[] = [
  [0, 'all objectives hold'],
  [1, 'an objective failed'],
  [2, 'the plan or the command line is wrong'],
  [3, 'the run is not valid: the generator was the bottleneck, too few samples …'],
  [4, 'stopped by a safety limit'],
  [5, 'the target could not be started, or died'],
  [70, 'a defect of proofload'],
  [130, 'interrupted, after clean-up and with a report'],
]
