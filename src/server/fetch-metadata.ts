import type { FastifyRequest } from 'fastify'

/**
 * True where a browser says that a page of another site makes the request. Other clients say
 * nothing, nor do browsers over plain http.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isCrossSite ({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'cross-site'
}

/** True where no script asks: a link, a form, a typed address, a picture. */
export function isNoScript ({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-mode'] === 'navigate' || headers['sec-fetch-mode'] === 'no-cors'
}
