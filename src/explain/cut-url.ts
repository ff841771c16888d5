import * as errors from '../errors.js'

/**
 * The address in its one form, as a CDN's own url is; the rest as it stands, for a parser would
 * resolve dot segments.
 */
export function cutUrl (url: unknown): [origin: string | undefined, target: string] {
  if (typeof url !== 'string') {
    throw new errors.CDN_ACCESS_OPTION_INVALID(
      'url',
      'the whole URL, such as https://media.example.com/a.png'
    )
  }
  const [address] = /^[^:/?#]+:\/\/[^/?#\\]*/.exec(url) ?? ['']
  const [target = ''] = url.slice(address.length).split('#')
  return [
    URL.canParse(address) ? new URL(address).origin : undefined,
    target.startsWith('/') ? target : `/${target}`
  ]
}
