/**
 * The address in its one form, as a CDN's own url is; the rest as it stands, for a parser would
 * resolve dot segments.
 */
export function cutUrl (url: string): [origin: string | undefined, target: string] {
  const [address] = /^[^:/?#]+:\/\/[^/?#\\]*/.exec(url) ?? ['']
  const [target = ''] = url.slice(address.length).split('#')
  return [
    URL.canParse(address) ? new URL(address).origin : undefined,
    target.startsWith('/') ? target : `/${target}`
  ]
}
