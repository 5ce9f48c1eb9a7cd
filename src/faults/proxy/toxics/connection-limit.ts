import type { ToxicMaker } from '../toxic.ts'

export const connectionLimit: ToxicMaker<'connection-limit'> = ({ connections }) => ({
  admit: (open) => (open < connections ? 'pass' : 'close'),
})
