import { generateKeyPairSync } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'

/** Writes an .env with a key for this machine, where there is none. */
const { EDGE_PORT = '3001' } = process.env
if (!existsSync('.env')) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' }
  })
  const lines = [
    'COURSE=42',
    'CDN_ACCESS_CDN=cloudfront',
    `CDN_ACCESS_URL=http://localhost:${EDGE_PORT}`,
    'CDN_ACCESS_KEY_ID=KDEMO',
    `CDN_ACCESS_PRIVATE_KEY=${privateKey.toString('base64')}`,
    'CDN_ACCESS_COOKIE_DOMAIN=false',
    'CDN_ACCESS_TTL=10m',
    `EDGE_PUBLIC_KEY=${publicKey.toString('base64')}`
  ]
  writeFileSync('.env', `${lines.join('\n')}\n`, { mode: 0o600 })
}
