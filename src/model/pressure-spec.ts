/** Pressure on a resource of the machine, each bounded, verified and undone. */
export type PressureAction =
  /** Busy loops on `cores` cores for `share` (0..1) of each tenth of a second. */
  | { readonly kind: 'cpu-pressure'; readonly cores: number; readonly share: number }
  /** Memory taken and touched, ramped up over `rampSec`. */
  | { readonly kind: 'memory-pressure'; readonly bytes: number; readonly rampSec: number }
  /** Descriptors held open by a process beside the target. */
  | { readonly kind: 'file-pressure'; readonly files: number }
  /** A file in a folder of its own, up to `bytes`, or until so little is free. */
  | { readonly kind: 'disk-fill'; readonly dir: string; readonly bytes?: number; readonly leaveFreeBytes?: number }
  /** Small writes, each forced to disk, `perSec` of them or as many as go. */
  | { readonly kind: 'fsync-storm'; readonly dir: string; readonly perSec?: number }
