import type { FindingEntry } from './finding-entry.ts'

/** Of the data. */
export const auditEntries = {
  'lost-write': {
    title: 'Writes that were acknowledged are gone',
    severity: 'critical',
    seenBy:
      'Audit (`audit.write`): ids whose write was acknowledged and that the final read does not show. A write without an answer may or may not have happened, and is none of them.',
    advice:
      'Acknowledge only what survives a crash: after the commit or the fsync, not when it is in a cache or a queue in memory. Look at what was acknowledged last before the process ended.',
  },
  'lost-update': {
    title: 'Changes that were acknowledged were overwritten',
    severity: 'critical',
    seenBy:
      'Audit: a counter (`audit.add`) that holds less of its changes than were acknowledged, or a value whose version is older than one that was acknowledged.',
    advice:
      'Do not read a value, change it in the program and write it back: change it in one statement (UPDATE … SET stock = stock - 1), lock the row (SELECT … FOR UPDATE), or compare its version when writing.',
  },
  'duplicate-effect': {
    title: 'One request took effect more than once',
    severity: 'critical',
    seenBy: 'Audit: an id that the final read shows more than once, or a counter that holds more changes than were attempted.',
    advice:
      'Give each request a key of its own (Idempotency-Key) that a unique index guards, so that its repetition finds the first one’s answer; retry only what may be repeated.',
  },
  'phantom-write': {
    title: 'Something is there that nobody wrote, or that was refused',
    severity: 'critical',
    seenBy:
      'Audit: ids of the final read that no scenario attempted and that `setup` did not find, or whose every attempt was answered with a refusal.',
    advice:
      'Roll back what a refused request has begun: one transaction around all of it. Where other writers or older data are meant to be there, read them in `setup`.',
  },
  'mixed-answer': {
    title: 'An answer belongs to somebody else',
    severity: 'critical',
    seenBy: 'Audit (`audit.echo`): an answer that does not hold what its request sent.',
    advice:
      'Look for state that requests share: module variables, a cache whose key lacks the user, a connection that was given back with an answer still under way.',
  },
  'torn-payload': {
    title: 'A payload came back damaged',
    severity: 'critical',
    seenBy: 'Audit (`audit.intact`): a payload that does not fit the checksum that it was written with.',
    advice:
      'Write to a temporary file and rename it, or in one transaction; never let two writers share a file or a buffer; check lengths before what was stored is acknowledged.',
  },
  'invariant-broken': {
    title: 'A rule of the data does not hold',
    severity: 'critical',
    seenBy: 'Audit (`audit.invariant`): a condition of the plan on the data that was false, such as a sum that must not change.',
    advice:
      'Find the writes that belong together and put each group in one transaction, with an isolation that forbids what happened (SERIALIZABLE, or locks); let the database check the rule too.',
  },
  'stale-read': {
    title: 'Reads do not show what was written before',
    severity: 'warning',
    seenBy: 'Audit (`audit.readBack`): a read that began after the acknowledgement of a write and does not show it.',
    advice:
      'Invalidate or update the cache before the write is acknowledged, or read from where it was written (the primary) for as long as replicas lag. Where some age is allowed, say how much.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
