import type WebSocket from 'ws'

export type Driver = typeof WebSocket

let loaded: Driver | undefined

/** Workers that open no WebSocket do not pay for the library. */
export async function loadDriver(): Promise<Driver> {
  return (loaded ??= (await import('ws')).default)
}
