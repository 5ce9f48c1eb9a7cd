import { isIP } from 'node:net'

/** More tell nothing more, and each has a line a second in the record. */
export const mostSources = 250

/** Whether connections to it can come from any address of 127.0.0.0/8. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** Addresses that no other attack of the test has, and no user: each attack has a network of its own. */
export function sourceAddresses(attack: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `127.${66 + (attack % 100)}.${Math.floor(attack / 100)}.${i + 1}`)
}
