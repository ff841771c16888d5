import type { FastifyRequest } from 'fastify'

/**
 * A header as it was sent; of one that was sent twice all values, as Node.js joins them.
 *
 * Validation takes away headers that a route's schema does not name, as Ajv does with
 * `removeAdditional`. Without them a page would look like an app, and a viewer as if it held
 * nothing.
 */
export function sentHeader ({ raw }: FastifyRequest, name: string): string | undefined {
  const read = raw.headers[name]
  return typeof read === 'string' ? read : rawHeader(raw.rawHeaders, name)
}

function rawHeader (pairs: readonly string[], name: string): string | undefined {
  const values = pairs.filter((_, index) =>
    index % 2 === 1 && pairs[index - 1]!.length === name.length &&
    pairs[index - 1]!.toLowerCase() === name
  )
  return values.length === 0 ? undefined : values.join(name === 'cookie' ? '; ' : ', ')
}
