import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'

/** Writes two pairs of keys, where there are none: the one that signs, and the one that is next. */
mkdirSync('keys', { recursive: true })
for (const name of ['first', 'second']) {
  if (existsSync(`keys/${name}.public.pem`)) continue
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
  })
  writeFileSync(`keys/${name}.private.pem`, privateKey, { mode: 0o600 })
  writeFileSync(`keys/${name}.public.pem`, publicKey)
}
