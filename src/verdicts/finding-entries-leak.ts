import type { FindingEntry } from './finding-entry.ts'

/** Of what grows with every request. */
export const leakEntries = {
  'memory-growth': {
    title: 'The target’s memory keeps growing',
    severity: 'warning',
    seenBy:
      'The lows of resident memory rise through the whole judged time. A hint, not a proof: caches that fill up look the same in a short run.',
    advice:
      'Run it for longer at the same load. If growth goes on in proportion to the requests, take two heap snapshots and compare them.',
  },
  'memory-leak': {
    title: 'The target leaks memory',
    severity: 'critical',
    seenBy:
      'What the garbage collector leaves rises with every request, steadily and beyond chance, and does not level off (Node’s old space where the metrics page has it, else the lows of resident memory).',
    advice:
      'Take two heap snapshots under this load, some minutes apart, and compare them by growth: look for maps, arrays, listeners and closures to which every request adds something that nothing removes.',
  },
  'file-leak': {
    title: 'The target leaks open files',
    severity: 'critical',
    seenBy: 'Open descriptors of the target that are not sockets rise with the requests and do not level off.',
    advice:
      'List /proc/PID/fd to see which files stay open. Close them in a finally block, on every path: early returns, errors and aborted requests are the usual holes.',
  },
  'socket-leak': {
    title: 'The target leaks sockets',
    severity: 'critical',
    seenBy:
      'Sockets that no client holds open (to dependencies, or in CLOSE_WAIT) rise with the requests, beyond what was ever in flight at once.',
    advice:
      'Run ss -tanp for the target: CLOSE_WAIT means that it never closes what the peer has closed; ESTABLISHED to a dependency means clients that are made anew for each request. Use one client with a bounded pool.',
  },
  'thread-leak': {
    title: 'The target leaks threads',
    severity: 'critical',
    seenBy: 'Threads of the target rise with the requests and do not level off.',
    advice: 'Use a pool of fixed size instead of a thread or worker for each request, and end what is no longer needed.',
  },
  'connection-leak': {
    title: 'The target leaks database connections',
    severity: 'critical',
    seenBy: 'Connections to PostgreSQL rise with the requests and do not level off as a pool does that fills up.',
    advice:
      'Give every connection back in a finally block, also after errors and time-outs, and use one pool a process instead of one a request.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
