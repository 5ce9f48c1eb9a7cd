/** Thrown into whatever a user still waits for when it is taken away, so that its code ends. */
export class UserGone extends Error {
  constructor() {
    super('the load has ended')
    this.name = 'UserGone'
  }
}
