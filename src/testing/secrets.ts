/** Shorter texts are no key: ids, types, names of curves. */
const shortestSecret = 16

/**
 * The texts of key entries that could be key material, in each spelling in which one could be let
 * out.
 */
export function secretsOf (entries: readonly unknown[]): string[] {
  const texts = entries.flatMap(textsOf).filter(({ length }) => length >= shortestSecret)
  return [...new Set(texts.flatMap(spellings))].filter(({ length }) => length >= shortestSecret)
}

function textsOf (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('base64url')]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

function spellings (text: string): string[] {
  const bytes = (['utf8', 'base64url', 'hex'] as const).map((encoding) =>
    Buffer.from(text, encoding)
  )
  return [text, ...bytes.flatMap((each) => [each.toString('base64url'), each.toString('hex')])]
}

/**
 * The first part of a text that also stands in one of these secrets and is not public: whole words
 * alone, for what is cut out of a signature still is one.
 */
export function leakIn (
  text: string,
  secrets: readonly string[],
  isPublic: (part: string) => boolean
): string | undefined {
  return text.split(/[^A-Za-z0-9_-]+/).find((part) =>
    part.length >= shortestSecret && secrets.some((secret) => secret.includes(part)) &&
    !isPublic(part)
  )
}
