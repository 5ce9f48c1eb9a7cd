import { availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os'
import { ownVersion } from '../base/own-version.ts'
import type { MachineSpec } from '../model/run-result.ts'

/** What this run was made on, for the record. */
export function describeMachine(): MachineSpec {
  return {
    hostname: hostname(),
    platform: `${platform()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    proofload: ownVersion(),
  }
}
