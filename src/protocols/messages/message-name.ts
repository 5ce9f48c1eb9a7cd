const plainType = /^[A-Za-z][A-Za-z_.:-]{0,31}$/
const verb = /^[A-Z][A-Z_-]{1,15}(?=\s|$)/

/** What a message asks for, when it says so in a word that does not change from one to the next: `type` of an object, or a line's verb. */
export function messageKind(message: unknown): string | undefined {
  if (typeof message === 'string') return isCapital(message.charCodeAt(0)) ? verb.exec(message)?.[0] : undefined
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
  return typeof message.type === 'string' && plainType.test(message.type) ? message.type : undefined
}

/** Most messages are JSON: they need no look by an expression. */
function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}
