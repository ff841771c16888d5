import type { JarCookie } from './cookie-jar.js'

/** A `Set-Cookie` line as a browser would keep it. */
export interface SetCookie {
  readonly cookie: JarCookie
  readonly sameSite: string
}

/** Reads a line that the host has sent. */
export function cookieOf (line: string, host: string): SetCookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const values = new Map(attributes.map((attribute) => {
    const [name = '', ...value] = attribute.split('=')
    return [name.toLowerCase(), value.join('=')]
  }))
  const domain = values.get('domain')?.replace(/^\./, '').toLowerCase()
  const equals = pair.indexOf('=')
  return {
    cookie: {
      domain: domain ?? host,
      below: domain !== undefined,
      path: values.get('path') ?? '/',
      secure: values.has('secure') && !isLoopback(host),
      // A line that clears is over at once.
      endsAt: values.get('max-age') === '0' ? 1 : 0,
      name: pair.slice(0, equals),
      value: pair.slice(equals + 1)
    },
    sameSite: values.get('samesite')?.toLowerCase() ?? 'lax'
  }
}

/** Browsers send Secure cookies to http on the machine itself. */
function isLoopback (host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.')
}
