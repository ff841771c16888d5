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
  let sent: string | undefined
  for (let index = 0; index < pairs.length; index += 2) {
    const [own, value] = [pairs[index]!, pairs[index + 1]!]
    if (own.length !== name.length || own.toLowerCase() !== name) continue
    sent = sent === undefined ? value : `${sent}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return sent
}
