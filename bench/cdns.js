import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { cdnUrl as url, keyPairId } from './reply.js'

/**
 * How each CDN is made, by the name of its factory, with each kind of key that it takes.
 *
 * @type {Record<string, (exported: any, keys: any) => Record<string, () => any>>}
 */
export const cdnFactories = {
  cloudfront: ({ cloudfront }, keys) => ({
    rsa: () => cloudfront({ url, keyPairId, privateKey: keys.rsa }),
    ec: () => cloudfront({ url, keyPairId, privateKey: keys.ec })
  }),
  googleCloudCdn: ({ googleCloudCdn }, keys) => ({
    hmac: () => googleCloudCdn({ url, keyName: 'key-1', key: keys.bytes })
  }),
  googleMediaCdn: ({ googleMediaCdn }, keys) => ({
    ed25519: () => googleMediaCdn({ url, keyName: 'key-1', privateKey: keys.ed25519 })
  }),
  akamai: ({ akamai }, keys) => ({ hmac: () => akamai({ url, key: keys.hex }) }),
  uriSigning: ({ uriSigning }, keys) => ({
    rsa: () => uriSigning({ url, issuer: 'api', kid: 'key-1', key: keys.rsa }),
    ec: () => uriSigning({ url, issuer: 'api', kid: 'key-1', key: keys.ec })
  }),
  commonAccessToken: ({ commonAccessToken }, keys) => {
    const make = (/** @type {string} */ key) => () =>
      commonAccessToken({ url, issuer: 'api', kid: 'key-1', key })
    return { hmac: make(keys.secret), ec: make(keys.ec), rsa: make(keys.rsa) }
  },
  nginx: ({ nginx }, keys) => ({
    hash: () => nginx({ url, secret: keys.bytes, scope: '/courses/:id/' })
  })
}

/** One key of each kind, new in each run: PEM, hexadecimal and base64url. */
export function makeKeys () {
  const pem = /** @type {const} */ ({
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  const bytes = randomBytes(16)
  return {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048, ...pem }).privateKey,
    ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...pem }).privateKey,
    ed25519: generateKeyPairSync('ed25519', pem).privateKey,
    hex: bytes.toString('hex'),
    bytes: bytes.toString('base64url'),
    secret: randomBytes(32).toString('base64url')
  }
}
