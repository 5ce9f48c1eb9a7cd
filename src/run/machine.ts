import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os'
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

export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
}
