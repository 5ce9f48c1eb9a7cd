import { ToolError } from './errors.ts'

/** Values shorter than this cannot be hidden without hiding half of every text. */
export const shortestSecret = 4

/** `text` with every secret replaced, also where it is written URL-encoded, in base64 or inside a JSON string. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text
  for (const spelling of spellingsOf(secrets)) if (masked.includes(spelling)) masked = masked.replaceAll(spelling, '***')
  return masked
}

/** Longest first, so that a secret within a secret does not leave a rest behind. */
function spellingsOf(secrets: readonly string[]): readonly string[] {
  const spellings = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    spellings.add(secret)
    spellings.add(encodeURIComponent(secret))
    spellings.add(JSON.stringify(secret).slice(1, -1))
    spellings.add(Buffer.from(secret).toString('base64'))
  }
  return [...spellings].sort((a, b) => b.length - a.length)
}

/** An error like this one whose texts have no secret in them. */
export function maskError(error: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0 || !(error instanceof Error)) return typeof error === 'string' ? maskSecrets(error, secrets) : error
  const message = maskSecrets(error.message, secrets)
  if (error instanceof ToolError) {
    const { code, hint, where } = error
    return new ToolError(code, message, {
      ...(hint === undefined ? {} : { hint: maskSecrets(hint, secrets) }),
      ...(where === undefined ? {} : { where }),
    })
  }
  const masked = new Error(message)
  if (error.stack !== undefined) masked.stack = maskSecrets(error.stack, secrets)
  return masked
}
