import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'

/**
 * True of bytes that are DER: a sequence whose length is not one that text could have. PEM, JSON
 * and base64 begin otherwise.
 */
export function isDer (bytes: Buffer): boolean {
  const [tag, length = 0] = bytes
  return tag === 0x30 && (length >= 0x80 || bytes.length === 2 + length)
}

/** The private key in PKCS#8, PKCS#1 or SEC1; undefined where there is none. */
export function privateKeyOfDer (
  key: Buffer,
  passphrase: string | undefined
): KeyObject | undefined {
  const format = { key, format: 'der', ...passphrase === undefined ? {} : { passphrase } } as const
  return firstThatReads([
    () => createPrivateKey({ ...format, type: 'pkcs8' }),
    () => createPrivateKey({ ...format, type: 'pkcs1' }),
    () => createPrivateKey({ ...format, type: 'sec1' })
  ])
}

/** The public key in SPKI, PKCS#1 or a certificate; undefined where there is none. */
export function publicKeyOfDer (key: Buffer): KeyObject | undefined {
  return firstThatReads([
    () => createPublicKey({ key, format: 'der', type: 'spki' }),
    () => createPublicKey({ key, format: 'der', type: 'pkcs1' }),
    () => new X509Certificate(key).publicKey
  ])
}

/** True of PKCS#8 that needs a passphrase. */
export function isEncryptedDer (key: Buffer): boolean {
  try {
    createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
  }
}

function firstThatReads (readers: ReadonlyArray<() => KeyObject>): KeyObject | undefined {
  for (const read of readers) {
    try {
      return read()
    } catch {
      continue
    }
  }
  return undefined
}
