export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58
export const SEMICOLON = 59

function table(member: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (member(byte) ? 1 : 0))
}

const tokenSymbols = new Set(Array.from("!#$%&'*+-.^_`|~", (letter) => letter.charCodeAt(0)))

/** `tchar` of RFC 9110 section 5.6.2. */
export const isTokenByte = table(
  (b) => (b >= 48 && b <= 57) || (b >= 65 && b <= 90) || (b >= 97 && b <= 122) || tokenSymbols.has(b),
)

/** `field-vchar`, space and tab: everything but control characters (RFC 9110 section 5.5). */
export const isFieldByte = table((b) => b === TAB || (b >= 32 && b !== 127))

/** Value of a hexadecimal digit, or 255. */
export const hexValue = Uint8Array.from({ length: 256 }, (_, b) => {
  if (b >= 48 && b <= 57) return b - 48
  if (b >= 65 && b <= 70) return b - 55
  if (b >= 97 && b <= 102) return b - 87
  return 255
})

/** The bytes of a lower-case word, for {@link matchesWord}. */
export function word(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** Whether the bytes from `from` spell the lower-case word, in any case. Only for bytes already known to be no control characters. */
export function matchesWord(bytes: Uint8Array, from: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (((bytes[from + i] ?? 0) | 0x20) !== expected[i]) return false
  return true
}

/** A byte as a person wants to read it in a message. */
export function describeByte(byte: number): string {
  if (byte === CR) return 'a carriage return'
  if (byte === LF) return 'a line feed'
  if (byte === SPACE) return 'a space'
  if (byte === TAB) return 'a tab'
  return byte > 32 && byte < 127 ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16).padStart(2, '0')}`
}
