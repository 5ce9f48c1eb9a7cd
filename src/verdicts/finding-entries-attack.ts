import type { FindingEntry } from './finding-entry.ts'

/** Of attacks. */
export const attackEntries = {
  'no-block': {
    title: 'Who guesses at passwords is never blocked',
    severity: 'critical',
    seenBy:
      'An attack `bruteForce`, `passwordSpraying` or `credentialStuffing`: fewer than half of its source addresses were ever blocked (`blocked` of the attack) after twenty answered tries each.',
    advice:
      'Count failed log-ins by address and by user, and answer with 429 or 403 beyond a few of them, for a time that grows; slow down the answer, ask for a second factor, tell the user.',
  },
  'attack-denies-service': {
    title: 'An attack denies service to legitimate users',
    severity: 'critical',
    seenBy: 'The goodput of the load was below half of what it was before the attack for three seconds in a row.',
    advice:
      'Find what the attack uses up (connections, memory, the event loop, a pool) and give each client a share of it: a limit of connections and of requests by address, time-outs for heads, bodies and idle connections, limits of sizes. Refuse early and cheaply.',
  },
  'legitimate-blocked': {
    title: 'Legitimate users are blocked along with an attacker',
    severity: 'critical',
    seenBy:
      'While an attack runs, requests of the load, which comes from other addresses, are answered with what the attack takes for a block: more than one in a thousand beyond those before it, and three at least.',
    advice:
      'Block by what tells clients apart: address and user together, not the user alone (an attacker would lock out whom he likes), and not everybody when a total is exceeded.',
  },
  'slow-client-unbounded': {
    title: 'Clients that never come to the end of a request are kept for ever',
    severity: 'critical',
    seenBy:
      'An attack `slowHeaders` or `slowBody`: connections stay open to its end, for longer than an objective `connectionHeld` allows, or for a minute without one.',
    advice:
      'Give the head and the whole request a limit of time (Node.js: `headersTimeout`, `requestTimeout`; nginx: `client_header_timeout`, `client_body_timeout`), and connections that are idle as well.',
  },
  'user-enumeration': {
    title: 'A refused log-in tells whether the user exists',
    severity: 'warning',
    seenBy:
      'An attack `userEnumeration`, with thirty answers of each kind of name: by the **status** or the **words** of the answer, where one of them is a tenth more frequent for one kind (p < 0.001 over all answers; names, numbers and ids are left out of the words); by its **time**, where Mann-Whitney p < 0.001 and one kind is answered later in 71 % of the pairs and more. The evidence says which.',
    advice:
      'Answer with the same status and the same text whether the name or the password is wrong, and do the same work for a name that does not exist: compare the password with a fixed hash of the same cost. The same goes for registration and for “forgot my password”.',
  },
  'audit-incomplete': {
    title: 'The audit log lacks failed log-ins',
    severity: 'critical',
    seenBy: 'An attack with an `auditCount`: the log grew by fewer entries than log-ins were answered with a refusal.',
    advice:
      'Write the entry before the answer, in a queue that is bounded and never drops; what is aggregated (one entry for many tries) has to hold the number.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
