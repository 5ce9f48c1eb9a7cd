const shownBytes = 2_000

/** A message as `--debug` shows it: `>` goes out, `<` came in. */
export function describeMessage(mark: '>' | '<', where: string, message: string | Uint8Array): string {
  const text = typeof message === 'string' ? cut(message) : readable(message)
  const lines = text.split('\n').map((line) => `${mark} ${line}`)
  return `${where}\n${lines.join('\n')}`
}

const shortCharacters = 200

/** A message in a sentence, e.g. why it was not what was expected. */
export function inShort(message: unknown): string {
  if (message instanceof Uint8Array) return `${message.length} bytes`
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  return text.length > shortCharacters ? `${text.slice(0, shortCharacters)}…` : text
}

function readable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, shownBytes)).toString('utf8')
  return /[\x00-\x08\x0e-\x1f]/.test(text) ? `(${bytes.length} bytes that are no text)` : cut(text)
}

function cut(text: string): string {
  return text.length > shownBytes ? `${text.slice(0, shownBytes)}… (${text.length} characters)` : text
}
