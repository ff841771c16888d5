import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ExternalSigner } from 'fastify-cdn-access'
import { scratchFolder, type Scope } from './program.js'

/** What is used of a key in a token. */
interface TokenKey {
  getAttribute(names: Record<string, null>): Record<string, Buffer>
}

interface Session {
  login(pin: string): void
  generateKeyPair(
    mechanism: number,
    publicTemplate: object,
    privateTemplate: object
  ): { publicKey: TokenKey, privateKey: TokenKey }
  createSign(mechanism: string, key: TokenKey): { once(data: Buffer): Buffer }
}

interface Slot {
  open(flags: number): Session
  getToken(): { label: string }
}

/** What is used of `graphene-pk11`. */
interface Binding {
  readonly Module: {
    load(library: string): {
      initialize(): void
      finalize(): void
      getSlots(withToken: true): { length: number, items(index: number): Slot }
    }
  }
  readonly KeyGenMechanism: { RSA: number, ECDSA: number }
  readonly KeyType: { RSA: number, ECDSA: number }
  readonly NamedCurve: { getByName(name: string): { value: Buffer } }
  readonly SessionFlag: { RW_SESSION: number, SERIAL_SESSION: number }
}

/** A folder of its own: a package below the tests would hide the one that they test. */
const packages = `${process.cwd()}/test/engines/pkcs11/`
const library = '/usr/lib/softhsm/libsofthsm2.so'
const [label, pin] = ['media', '8642']

/** A token of SoftHSM, in which keys are made that it never gives away. */
export interface Token {
  makeRsaSigner(): ExternalSigner
  makeEcSigner(): ExternalSigner
}

export async function openToken (scope: Scope): Promise<Token> {
  if (!existsSync(library)) throw new Error('SoftHSM is not there: apt-get install softhsm2')
  const folder = await scratchFolder(scope)
  await mkdir(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  await writeFile(configuration, `directories.tokendir = ${folder}/tokens\nlog.level = ERROR\n`)
  // The library reads the variable when it is loaded.
  process.env['SOFTHSM2_CONF'] = configuration
  const pins = ['--pin', pin, '--so-pin', pin]
  await promisify(execFile)('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins])

  const binding = createRequire(packages)('graphene-pk11') as Binding
  const { KeyGenMechanism, KeyType, NamedCurve, SessionFlag } = binding
  const pkcs11 = binding.Module.load(library)
  pkcs11.initialize()
  scope.teardown(() => {
    pkcs11.finalize()
  })
  const slots = pkcs11.getSlots(true)
  const all = Array.from({ length: slots.length }, (_, index) => slots.items(index))
  const slot = all.find((each) => each.getToken().label.trim() === label)!
  const session = slot.open(SessionFlag.RW_SESSION | SessionFlag.SERIAL_SESSION)
  session.login(pin)
  const secret = { sign: true, private: true, sensitive: true, extractable: false }

  return {
    makeRsaSigner: () => {
      const keyType = KeyType.RSA
      const { publicKey, privateKey } = session.generateKeyPair(
        KeyGenMechanism.RSA,
        { keyType, verify: true, modulusBits: 2048, publicExponent: Buffer.from([1, 0, 1]) },
        { keyType, ...secret }
      )
      const { modulus, publicExponent } = publicKey.getAttribute({
        modulus: null,
        publicExponent: null
      })
      return {
        publicKey: { kty: 'RSA', n: base64Url(modulus!), e: base64Url(publicExponent!) },
        sign: (data) => session.createSign('SHA256_RSA_PKCS', privateKey).once(Buffer.from(data))
      }
    },
    makeEcSigner: () => {
      const keyType = KeyType.ECDSA
      const paramsECDSA = NamedCurve.getByName('secp256r1').value
      const { publicKey, privateKey } = session.generateKeyPair(
        KeyGenMechanism.ECDSA,
        { keyType, verify: true, paramsECDSA },
        { keyType, ...secret }
      )
      // In DER: a byte string of a byte 4 and the two coordinates.
      const point = publicKey.getAttribute({ pointEC: null })['pointEC']!.subarray(-64)
      const [x, y] = [base64Url(point.subarray(0, 32)), base64Url(point.subarray(32))]
      return {
        publicKey: { kty: 'EC', crv: 'P-256', x, y },
        sign: (data) => {
          const digest = createHash('sha256').update(data).digest()
          return derOf(session.createSign('ECDSA', privateKey).once(digest))
        }
      }
    }
  }
}

/** A token yields the two numbers one behind the other, and CDNs take them in ASN.1 DER. */
function derOf (signature: Buffer): Buffer {
  const numbers = [signature.subarray(0, 32), signature.subarray(32)].map(derInteger)
  return Buffer.concat([Buffer.from([0x30, numbers[0]!.length + numbers[1]!.length]), ...numbers])
}

function derInteger (bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = bytes.subarray(first)
  const digits = short[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short
  return Buffer.concat([Buffer.from([0x02, digits.length]), digits])
}

function base64Url (bytes: Buffer): string {
  return bytes.toString('base64url')
}
