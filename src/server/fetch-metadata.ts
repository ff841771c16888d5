import type { FastifyRequest } from 'fastify'
import { sentHeader } from './sent-header.js'

/**
 * True where a browser says that a page of another site makes the request. Other clients say
 * nothing, nor do browsers over plain http.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isCrossSite (request: FastifyRequest): boolean {
  return sentHeader(request, 'sec-fetch-site') === 'cross-site'
}

/** True where no script asks: a link, a form, a typed address, a picture. */
export function isNoScript (request: FastifyRequest): boolean {
  const mode = sentHeader(request, 'sec-fetch-mode')
  return mode === 'navigate' || mode === 'no-cors'
}
