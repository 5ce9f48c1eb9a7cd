import type { ToxicMaker } from '../toxic.ts'

export const synBlackhole: ToxicMaker<'syn-blackhole'> = () => ({
  admit: () => 'hold',
  listener: () => 'unanswered',
})
