/** What attacks of the last decades look like in a text. No quantifier is followed by what it could match itself, so each runs in linear time. */
const payloads: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['script', /<script\b|javascript:|\bon(?:error|load|click|mouseover)\s{0,5}=|<iframe\b/i],
  [
    'sql',
    /\bunion\s{1,5}(?:all\s{1,5})?select\b|'\s{0,5}or\s{1,5}'?1'?\s{0,5}=\s{0,5}'?1|;\s{0,5}drop\s{1,5}table\b|\bpg_sleep\s{0,5}\(/i,
  ],
  ['path', /(?:\.\.[/\\]){2}|\/etc\/passwd\b|%2e%2e(?:%2f|\/)/i],
  ['shell', /\$\((?:curl|wget|id|cat|nc)\b|;\s{0,5}(?:curl|wget|nc)\s|\|\s{0,5}(?:ba)?sh\b/i],
  ['template', /\$\{jndi:|\{\{\s{0,5}(?:constructor|config|self)\b|__proto__/i],
]

export function badPayloads(text: string): string[] {
  return payloads.filter(([, pattern]) => pattern.test(text)).map(([name]) => `payload-${name}`)
}
