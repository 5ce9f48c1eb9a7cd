/** What the planted defects can change. The correct server is {@link soundBehaviour}; a defect is one of these set wrongly. */
export interface Behaviour {
  /** A session goes away with its connection. */
  readonly forgetsSessions: boolean
  /** Whoever reads slowly is waited for by the whole room. */
  readonly waitsForReaders: boolean
  /** A message is acknowledged when it is in the database, not before. */
  readonly commitsFirst: boolean
  /** Passwords are hashed beside the event loop, not on it. */
  readonly hashesAsynchronously: boolean
  readonly limitsRates: boolean
  /** A token is taken in one step: read, compare and write, with nothing between them. */
  readonly takesTokensAtOnce: boolean
  readonly blocksAddresses: boolean
  /** Files are given to members of their room only. */
  readonly guardsDownloads: boolean
}

export const soundBehaviour: Behaviour = {
  forgetsSessions: true,
  waitsForReaders: false,
  commitsFirst: true,
  hashesAsynchronously: true,
  limitsRates: true,
  takesTokensAtOnce: true,
  blocksAddresses: true,
  guardsDownloads: true,
}

interface DefectEntry {
  readonly summary: string
  readonly change: Partial<Behaviour>
}

/** Every planted defect: one entry here, and the one place in the code that reads the behaviour it changes. */
export const defects = {
  leak: { summary: 'sessions of closed connections are kept, with their buffers', change: { forgetsSessions: false } },
  'no-rate-limit': { summary: 'everybody may ask as often as they like', change: { limitsRates: false } },
  'racy-rate-limit': {
    summary: 'the limiter reads, waits and writes, so that requests at the same moment get the same token',
    change: { takesTokensAtOnce: false },
  },
  'no-block': { summary: 'failed log-ins may be repeated for ever', change: { blocksAddresses: false } },
  'slow-reader-blocks-room': {
    summary: 'a message waits for each reader before it goes to the next',
    change: { waitsForReaders: true },
  },
  'lost-message-on-drain': {
    summary: 'messages are acknowledged first and written later, and a drain throws the rest away',
    change: { commitsFirst: false },
  },
  'no-auth-on-download': { summary: 'files are given to anybody who knows their number', change: { guardsDownloads: false } },
  'blocking-hash': { summary: 'passwords are hashed on the event loop', change: { hashesAsynchronously: false } },
} as const satisfies Record<string, DefectEntry>

export type Defect = keyof typeof defects

export const isDefect = (name: string): name is Defect => Object.hasOwn(defects, name)

export function behaviourWith(names: readonly Defect[]): Behaviour {
  return names.reduce<Behaviour>((behaviour, name) => ({ ...behaviour, ...defects[name].change }), soundBehaviour)
}
