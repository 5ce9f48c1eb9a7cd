import type { RunEvent } from '../../model/run-event.ts'
import { clock, digits, inUnit } from '../numbers.ts'
import { oneLine } from '../plain-text.ts'
import { settledText } from './search-status.ts'

/** A line for the screen about an event that a person wants to know at once; undefined for all others. */
export function noticeOf(event: RunEvent): { readonly level: 'info' | 'warn' | 'error'; readonly text: string } | undefined {
  const at = `[${clock(event.t)}]`
  switch (event.kind) {
    case 'service-ready':
      return {
        level: 'info',
        text: `${at} service ${event.name} is ready${event.version === undefined ? '' : ` (${oneLine(event.version, 60)})`}`,
      }
    case 'target-ready':
      return {
        level: 'info',
        text: `${at} the target is ready after ${digits(event.startupSec)} s${event.pid === undefined ? '' : ` (process ${event.pid})`}`,
      }
    case 'target-ended':
      return {
        level: 'error',
        text: [
          `${at} the target ended: ${endOf(event.code, event.signal)}`,
          ...event.lastLines.slice(-10).map((line) => `    ${oneLine(line, 200)}`),
        ].join('\n'),
      }
    case 'fault-started':
      return {
        level: event.verified ? 'warn' : 'error',
        text: `${at} fault ${oneLine(event.id)} ${event.verified ? 'is there' : 'is not there'}: ${oneLine(event.evidence, 160)}`,
      }
    case 'fault-ended':
      return {
        level: event.reverted ? 'info' : 'error',
        text: `${at} fault ${oneLine(event.id)} ${event.reverted ? 'is undone' : 'is not undone'}: ${oneLine(event.evidence, 160)}`,
      }
    case 'attack-started':
      return {
        level: event.ok ? 'warn' : 'error',
        text: `${at} attack ${oneLine(event.id)} ${event.ok ? 'begins' : 'cannot be made'}: ${oneLine(event.evidence, 200)}`,
      }
    case 'attack-ended':
      return {
        level: 'info',
        text: `${at} attack ${oneLine(event.id)} is over${event.why === 'denied' ? ': it has denied service' : ''}; ${event.closed} connections of it were closed`,
      }
    case 'alert':
      return {
        level: event.status === 'raised' ? 'warn' : 'info',
        text: `${at} alert of the target ${event.status}: ${oneLine(event.name, 80)}`,
      }
    case 'alarm':
      return { level: 'error', text: `${at} alarm: ${oneLine(event.condition)}, now ${digits(event.value)}` }
    case 'data-restored':
      return {
        level: 'info',
        text: `${at} the data of ${event.services.join(', ')} is back as \`setup\` left it, after ${digits(event.sec)} s`,
      }
    case 'threshold':
      return {
        level: event.beyond ? 'warn' : 'info',
        text: `${at} ${event.beyond ? 'beyond' : 'back within'} ${oneLine(event.objective)}, now ${inUnit(event.value, event.unit)}`,
      }
    case 'settled': {
      const text = settledText(event)
      return text === undefined ? undefined : { level: 'warn', text: `${at} ${text}` }
    }
    case 'probe-unavailable':
      return { level: 'warn', text: `${at} probe ${oneLine(event.probe)} is not available: ${oneLine(event.reason)}` }
    case 'error':
      return { level: 'error', text: `${at} ${event.code}: ${oneLine(event.text)}` }
    case 'task-ended':
      return event.error === undefined
        ? undefined
        : { level: 'error', text: `${at} ${oneLine(event.title)}: ${oneLine(event.error)}` }
    default:
      return undefined
  }
}

function endOf(code: number | null, signal: string | null): string {
  if (signal !== null) return `signal ${signal}`
  return code === null ? 'unknown' : `status ${code}`
}
