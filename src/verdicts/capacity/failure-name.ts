import type { FailureName } from '../../model/capacity-result.ts'
import type { WindowClass } from '../../analysis/index.ts'

/** The word for a class of D4; connection failures and crashes by their kind. */
export function failureName({ class: failure, kind }: WindowClass): FailureName {
  switch (failure) {
    case 'F0':
      return 'healthy'
    case 'F1':
      return 'shed'
    case 'F2':
      return 'saturation'
    case 'F3':
      return 'congestion-collapse'
    case 'F4':
      return 'application-errors'
    case 'F5':
      return connectionName(kind)
    case 'F6':
      return 'hang'
    case 'F7':
      return kind === 'oom' ? 'out-of-memory' : 'crash'
    case 'F8':
      return 'data-fault'
    case 'F9':
      return 'drift'
    case 'F10':
      return 'metastable'
    case 'FX':
      return 'generator-limited'
  }
}

function connectionName(kind: WindowClass['kind']): FailureName {
  if (kind === 'reset' || kind === 'tls') return kind
  if (kind === 'accept-close') return 'accept-then-close'
  return kind === 'connect-timeout' || kind === 'syn-retransmit' ? 'connect-timeout' : 'refused'
}
