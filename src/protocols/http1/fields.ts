/** Header or trailer lines that the parser has checked, names in lower case, in their order. */
export function fieldsOf(text: string): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = []
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')])
  }
  return fields
}

/** The lines of a head without its status line. */
export function headFields(text: string, headLength: number): (readonly [string, string])[] {
  return fieldsOf(text.slice(text.indexOf('\r\n') + 2, headLength))
}

/** Repeated names are joined with `, ` (RFC 9110 section 5.3). */
export function joinFields(fields: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  // No prototype, so that a header named `__proto__` is only a header.
  const joined = Object.create(null) as Record<string, string> // what Object.create gives is `any`
  for (const [name, value] of fields) {
    const before = joined[name]
    joined[name] = before === undefined ? value : `${before}, ${value}`
  }
  return joined
}
