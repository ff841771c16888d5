import type { AccessCookie } from '../cdn/cdn.js'

/**
 * The event with which `aws cloudfront test-function` tries a function: a viewer that asks for a
 * path with cookies.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export function testEvent (
  { host, path, cookies }: {
    readonly host: string
    readonly path: string
    readonly cookies: readonly AccessCookie[]
  }
): object {
  return {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '198.51.100.1' },
    request: {
      method: 'GET',
      uri: path,
      querystring: {},
      headers: { host: { value: host } },
      cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, { value }]))
    }
  }
}
