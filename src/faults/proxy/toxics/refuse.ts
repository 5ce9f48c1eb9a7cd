import type { ToxicMaker } from '../toxic.ts'

export const refuse: ToxicMaker<'refuse'> = () => ({
  admit: () => 'reset',
  listener: () => 'closed',
})
