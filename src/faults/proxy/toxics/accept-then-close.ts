import type { ToxicMaker } from '../toxic.ts'

/** As a server does that has no descriptor left. */
export const acceptThenClose: ToxicMaker<'accept-then-close'> = () => ({ admit: () => 'close' })
