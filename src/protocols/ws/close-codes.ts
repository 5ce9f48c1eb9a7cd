/** What a close code of the server says (RFC 6455 section 7.4.1); undefined: an orderly end. 1006 is nobody's: the connection ended without one. */
export function codeMeaning(code: number): string | undefined {
  return code === 1000 || code === 1001 || code === 1005 ? undefined : (meanings[code] ?? 'a code of the server itself')
}

const meanings: Readonly<Record<number, string>> = {
  1002: 'protocol error',
  1003: 'a kind of data that it does not take',
  1006: 'without a close frame',
  1007: 'text that is not UTF-8',
  1008: 'against its policy',
  1009: 'a message that is too big for it',
  1010: 'an extension that it wanted is missing',
  1011: 'an error of its own',
  1012: 'it restarts',
  1013: 'try again later',
  1014: 'a bad gateway',
}
