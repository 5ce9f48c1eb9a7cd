/** What must be done, once whoever did the opposite is gone, beyond ending processes and removing folders. On the disk before it is done. */
export interface UndoRecord {
  /** SIGCONT to each process that is still the same. */
  readonly kind: 'continue'
  /** Of the fault, for a person. */
  readonly title: string
  /** A pid alone is used again; with its start time it names a process for ever. */
  readonly processes: readonly { readonly pid: number; readonly startTicks: number | null }[]
}
