/** Limits laid on the target's processes when they start: `limits` of a test. */
export interface LimitsSpec {
  /** Open file descriptors of each process (RLIMIT_NOFILE). */
  readonly files?: number
  /** Bytes: Node's own heap by its flag, and the whole tree by a cgroup where the machine allows it. */
  readonly memoryBytes?: number
  /** Cores that the target may use, by affinity. */
  readonly cpus?: number
  /** Largest file that the target may write, in bytes (RLIMIT_FSIZE). */
  readonly fileSizeBytes?: number
  /** Processes of the tree, by a cgroup where the machine allows it. */
  readonly processes?: number
}
