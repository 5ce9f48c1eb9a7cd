import { isIP } from 'node:net'

/** Loopback and private addresses (RFC 1918, 3927, 4193), and names that only a local network knows. What is attacked without `iOwn` must be one. */
export function isNear(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (isIP(bare) === 4) return isNearV4(bare)
  if (isIP(bare) === 6) return /^(::1$|f[cd]|fe[89ab])/.test(bare) || (bare.startsWith('::ffff:') && isNearV4(bare.slice(7)))
  return !bare.includes('.') || /\.(localhost|local|internal|home\.arpa|test)$/.test(bare)
}

function isNearV4(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number)
  return a === 127 || a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32) || (a === 169 && b === 254)
}
