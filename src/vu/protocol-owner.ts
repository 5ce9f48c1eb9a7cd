import type { ProtocolOwner } from '../protocols/index.ts'
import { UserGone } from './user-gone.ts'
import type { VirtualUser } from './virtual-user.ts'

/** A user as its protocols know it. */
export function ownerOf(user: VirtualUser): ProtocolOwner {
  return {
    get gone() {
      return user.gone
    },
    get starting() {
      return user.starting
    },
    goneError: () => new UserGone(),
    // hot
    resumes: (ok) => {
      user.world.attribution.user = user
      if (!ok) user.failures++
    },
    threw: (error) => user.threw(error, 'run'),
    takeDue: () => user.takeDue(),
  }
}
