import { createHmac } from 'node:crypto'

const label = 'fastify-cdn-access key identity'

/**
 * Names a symmetric secret without telling it: HMAC-SHA256 of a fixed label, keyed by the secret, base64url.
 *
 * Viewers are shown a part of it and can test guesses against that, so the secret must hold at least 128 bits
 * that nobody can guess. No CDN's format signs the label, so it is no token either.
 */
export function secretIdentity (secret: Buffer): string {
  return createHmac('sha256', secret).update(label).digest('base64url')
}
