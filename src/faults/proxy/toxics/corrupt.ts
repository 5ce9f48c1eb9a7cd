import type { Random } from '../../../base/random.ts'
import type { Outlet, Stage } from '../stage.ts'
import type { ToxicMaker } from '../toxic.ts'
import { bothWays } from './both-ways.ts'

export const corrupt: ToxicMaker<'corrupt'> = ({ share, direction }, random) => ({
  join: (_, out) => bothWays(direction, out, (one) => flipBits(one, share, random)),
})

/** The distance to the next byte that is hit is geometric: floor(ln(u) / ln(1 - share)). */
function flipBits(out: Outlet, share: number, random: Random): Stage {
  const distance = (): number => (share >= 1 ? 0 : Math.floor(Math.log(1 - random.next()) / Math.log1p(-share)))
  let next = distance()
  return {
    write(chunk) {
      for (; next < chunk.length; next += 1 + distance()) {
        const bit = 1 << Math.floor(random.next() * 8)
        chunk[next] = (chunk[next] ?? 0) ^ bit
      }
      next -= chunk.length
      out.write(chunk)
    },
    end: () => out.end(),
  }
}
