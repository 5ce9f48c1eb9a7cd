/** Everything that a terminal, a log or XML 1.0 could take as a command or refuse: C0 without tab and newline, DEL, C1, lone surrogates, and the marks that turn the direction of text. */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Whole escape sequences: CSI, OSC (ended by BEL or ST) and the two-character ones; what is left of them would be noise. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g

/** Text from elsewhere without anything that acts instead of being read. Newlines and tabs stay. */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(unsafe, '')
}

/** The same in one line, cut at a length. */
export function oneLine(text: string, most = Infinity): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, Math.max(0, most - 1))}…` : line
}
