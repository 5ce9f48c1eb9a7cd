const longest = 100

/** A name as somebody may see it and save under it: no folders, no control characters, no dots in front, and not too long; its ending stays. */
export function cleanFileName(given: string | undefined): string {
  const last = (given ?? '').normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const plain = last
    // Characters of control and of direction: `cod.exe` must not look like `exe.doc`.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Surrogate}<>:"|?*]/gu, '')
    .replace(/^[.\s]+/, '')
    .trimEnd()
  if (plain === '') return 'file'
  if (plain.length <= longest) return plain
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(plain)?.[0] ?? ''
  return (
    Array.from(plain)
      .slice(0, longest - ending.length)
      .join('') + ending
  )
}
