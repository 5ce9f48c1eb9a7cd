import type { FindingEntry } from './finding-entry.ts'

/** Of resources that run out, or that were taken away. */
export const resourceEntries = {
  'files-exhausted': {
    title: 'The target does not bear running out of files',
    severity: 'critical',
    seenBy:
      'A limit on open files (`limits`) or pressure after which the target died, hangs, does not recover or keeps its files; or EMFILE in the output of a target that nobody limited.',
    advice:
      'Close what is opened on every path, also after errors; refuse work (503, Retry-After) before the limit; and set the limit of the service well above what its connections and files need.',
  },
  'memory-exhausted': {
    title: 'The target does not bear running out of memory',
    severity: 'critical',
    seenBy:
      'A limit on memory (`limits`) or pressure after which the target died, hangs or does not recover; or an out-of-memory error in the output of a target that nobody limited.',
    advice:
      'Bound what is kept a request and in caches and queues, refuse work before the limit, and give the process a limit that it knows of (for Node.js: --max-old-space-size below that of its container).',
  },
  'cpu-not-borne': {
    title: 'The target does not bear a lack of processor time',
    severity: 'critical',
    seenBy: 'A limit on cores (`limits`) or processor pressure after which the target died, hangs or does not recover.',
    advice:
      'Look for queues and retries that grow while it is slow: bound them, give work a deadline, and refuse what cannot be done in time.',
  },
  'disk-full': {
    title: 'The target does not bear a disk without room',
    severity: 'critical',
    seenBy:
      'A limit on the size of files (`limits`) or pressure on the disk after which the target died, hangs or does not recover; or ENOSPC or EFBIG in the output of a target that nobody limited.',
    advice:
      'Handle the failed write where it happens: answer with an error that says so, drop or rotate what can be dropped, and go on when there is room again.',
  },
  'processes-exhausted': {
    title: 'The target does not bear a limit of processes',
    severity: 'critical',
    seenBy: 'A limit on processes (`limits`) after which the target died, hangs or does not recover.',
    advice: 'Use a pool of processes or threads of a fixed size, and queue or refuse work beyond it.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
