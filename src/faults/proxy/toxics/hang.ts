import type { ToxicMaker } from '../toxic.ts'

/** As a process does that is stopped: the kernel completes the handshake for it. Who has waited until the end is served then. */
export const hang: ToxicMaker<'hang'> = () => ({ admit: () => 'hold' })
