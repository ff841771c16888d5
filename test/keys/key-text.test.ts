import { createPrivateKey } from 'node:crypto'
import { inspect } from 'node:util'
import t from 'tap'
import { readKeyForm } from '../../src/keys/key-text.js'
import { parseKeyPair, type KeyPairEntry } from '../../src/keys/parse-key.js'
import * as keys from '../fixtures/keys.js'

const { passphrase } = keys
const parse = (entry: unknown): ReturnType<typeof parseKeyPair> =>
  parseKeyPair(entry as KeyPairEntry, 'sample')
const der = (pem: string, type: 'pkcs8' | 'pkcs1' | 'sec1'): string =>
  createPrivateKey(pem).export({ format: 'der', type }).toString('base64')

/** What secrets managers, dashboards and shells make of a PEM. */
const wrappings: Array<[how: string, wrap: (pem: string) => string | Uint8Array]> = [
  ['as it is', (pem) => pem],
  ['in a Buffer', (pem) => Buffer.from(pem)],
  ['in a Uint8Array', (pem) => new TextEncoder().encode(pem)],
  ['without its last line break', (pem) => pem.trimEnd()],
  ['with literal \\n', (pem) => pem.replaceAll('\n', '\\n')],
  ['with literal \\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['with doubly escaped \\n', (pem) => pem.replaceAll('\n', '\\\\n')],
  ['with CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
  ['on one line with spaces', (pem) => pem.replaceAll('\n', ' ')],
  ['indented', (pem) => pem.replaceAll('\n', '\n    ')],
  ['with a byte order mark', (pem) => `\uFEFF${pem}`],
  ['behind other text', (pem) => `Bag Attributes\n    friendlyName: key\n${pem}`],
  ['in double quotes', (pem) => `"${pem}"`],
  ['in single quotes with literal \\n', (pem) => `'${pem.replaceAll('\n', '\\n')}'`],
  ['in base64', (pem) => Buffer.from(pem).toString('base64')],
  [
    'in base64 with line breaks',
    (pem) => Buffer.from(pem).toString('base64').replace(/.{1,76}/g, '$&\n')
  ],
  ['in quoted base64', (pem) => `"${Buffer.from(pem).toString('base64')}"`],
  [
    'in base64 of literal \\n',
    (pem) => Buffer.from(pem.replaceAll('\n', '\\n')).toString('base64')
  ],
  ['in a secret\'s JSON', (pem) => JSON.stringify({ keyPairId: 'K2', pem })],
  [
    'in a secret\'s JSON with literal \\n',
    (pem) => JSON.stringify({ pem: pem.replaceAll('\n', '\\n') })
  ],
  [
    'in a secret\'s JSON beside its public key',
    (pem) => JSON.stringify({ publicKey: keys.rsaPublic, privateKey: pem })
  ],
  ['in quoted JSON', (pem) => `'${JSON.stringify({ pem })}'`],
  [
    'in base64 of a secret\'s JSON',
    (pem) => Buffer.from(JSON.stringify({ pem })).toString('base64')
  ],
  ['before a certificate', (pem) => pem + keys.rsaCertificate],
  ['after a certificate', (pem) => keys.rsaCertificate + pem],
  ['after a public key', (pem) => keys.rsaPublic + pem]
]

t.test('a private key is read in every form', async (t) => {
  const expected = {
    rsa: parse({ publicKey: keys.rsaPublic }).identity,
    ec: parse({ publicKey: keys.ecPublic }).identity
  }
  const forms: Array<[name: string, pem: string, identity: string]> = [
    ['PKCS#8', keys.rsaPkcs8, expected.rsa],
    ['PKCS#1', keys.rsaPkcs1, expected.rsa],
    ['encrypted PKCS#8', keys.rsaEncrypted, expected.rsa],
    ['encrypted PKCS#1', keys.rsaLegacyEncrypted, expected.rsa],
    ['EC PKCS#8', keys.ecPkcs8, expected.ec],
    ['SEC1', keys.ecSec1, expected.ec],
    ['SEC1 behind EC PARAMETERS', keys.ecWithParameters, expected.ec]
  ]
  for (const [name, pem, identity] of forms) {
    for (const [how, wrap] of wrappings) {
      t.equal(parse({ privateKey: wrap(pem), passphrase }).identity, identity, `${name} ${how}`)
    }
  }
})

t.test('the bare base64 between the lines of a PEM is read as well', async (t) => {
  for (
    const [text, pem] of [
      [der(keys.rsaPkcs8, 'pkcs8'), keys.rsaPkcs8],
      [der(keys.rsaPkcs8, 'pkcs1'), keys.rsaPkcs8],
      [der(keys.ecPkcs8, 'pkcs8'), keys.ecPkcs8],
      [der(keys.ecPkcs8, 'sec1'), keys.ecPkcs8]
    ] as const
  ) {
    t.equal(parse({ privateKey: text }).identity, parse({ privateKey: pem }).identity)
  }
  const jwk = JSON.stringify(createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' }))
  t.equal(
    parse({ privateKey: Buffer.from(jwk).toString('base64') }).identity,
    parse({ privateKey: keys.ecPkcs8 }).identity
  )
})

interface Coded {
  readonly code: string
  readonly message: string
}

const unreadable = (reason: string): Coded => ({
  code: 'CDN_ACCESS_KEY_UNREADABLE',
  message: `"privateKey" can't be read as a key: ${reason}`
})
const encrypted = (what: string): Coded => ({
  code: 'CDN_ACCESS_KEY_ENCRYPTED',
  message: `"privateKey" is encrypted and its "passphrase" is ${what}`
})
const isPublic = (what: string): Coded => ({
  code: 'CDN_ACCESS_KEY_PUBLIC',
  message: `"privateKey" is a ${what}: signing needs the private key. ` +
    'To verify alone, give it as "publicKey"'
})
const ecJwk = createPrivateKey(keys.ecPkcs8).export({ format: 'jwk' })

const empty = unreadable('it is empty: is the environment variable set?')
const neither = unreadable('it is neither PEM, nor a JWK, nor a private key in DER or in base64')
const aPath = unreadable(
  'it looks like the path of a file, and the key itself belongs here: ' +
    'read it with readFileSync(path), name it in CDN_ACCESS_PRIVATE_KEY_FILE, ' +
    'or give "keys" as { file } where it holds entries in JSON'
)
const tooLong = unreadable('it is longer than 64 kB, and no key is')
const noEnd = unreadable('the PEM block has no matching END line: it is cut off')
const incomplete = unreadable('the JWK is incomplete or of an unknown kind')
const noKey = unreadable(
  'it must be PEM text, the bytes of PEM or DER, a JWK or a KeyObject'
)
const cutOff = unreadable(
  'the PEM block is damaged or cut off: compare its length with the file that it came from'
)

const refused: Array<[entry: { privateKey: unknown, passphrase?: unknown }, error: Coded]> = [
  [{ privateKey: '' }, empty],
  [{ privateKey: ' \n' }, empty],
  [{ privateKey: '""' }, empty],
  [{ privateKey: Buffer.alloc(0) }, empty],
  [{ privateKey: 7 }, noKey],
  [{ privateKey: true }, noKey],
  [{ privateKey: [keys.rsaPkcs8] }, noKey],
  [{ privateKey: {} }, noKey],
  [{ privateKey: { pem: keys.rsaPkcs8 } }, noKey],
  [{ privateKey: './keys/private.pem' }, aPath],
  [{ privateKey: '/run/secrets/media-key' }, aPath],
  [{ privateKey: 'C:\\keys\\new.key' }, aPath],
  [{ privateKey: '"~/.keys/media"' }, aPath],
  [{ privateKey: Buffer.from('private.pem\n') }, aPath],
  [{ privateKey: '/'.repeat(2000) }, neither],
  [{ privateKey: ' '.repeat(65_537) }, tooLong],
  [{ privateKey: new Uint8Array(65_537) }, tooLong],
  [{ privateKey: { kty: 'RSA', d: 'A', n: 'A'.repeat(65_537) } }, tooLong],
  [{ privateKey: keys.rsaPkcs8.split('\n').slice(1, 10).join('') }, neither],
  [{ privateKey: keys.rsaPkcs8.slice(0, 400) }, noEnd],
  [{ privateKey: keys.rsaPkcs8.replace('END PRIVATE', 'END RSA PRIVATE') }, noEnd],
  [{ privateKey: keys.rsaPkcs8.split('\n').toSpliced(5, 3).join('\n') }, cutOff],
  [{ privateKey: keys.ecWithParameters.split('-----BEGIN EC PRIVATE')[0] }, cutOff],
  [
    { privateKey: keys.openSsh },
    unreadable('it is in OpenSSH form: convert it with ssh-keygen -p -m PEM')
  ],
  [{ privateKey: `{${keys.rsaPkcs8}` }, unreadable('it starts like JSON but is not')],
  [
    { privateKey: JSON.stringify({ key: 'x' }) },
    unreadable('its JSON has no member that holds PEM, and it must be one')
  ],
  [
    { privateKey: JSON.stringify({ a: keys.rsaPkcs8, b: keys.ecPkcs8 }) },
    unreadable('its JSON has several members that hold PEM, and it must be one')
  ],
  [{ privateKey: { ...ecJwk, x: undefined } }, incomplete],
  [{ privateKey: { ...ecJwk, d: 31415926535 } }, incomplete],
  [{ privateKey: keys.rsaEncrypted }, encrypted('missing')],
  [{ privateKey: keys.rsaLegacyEncrypted }, encrypted('missing')],
  [{ privateKey: keys.rsaEncrypted, passphrase: 'wrongpassphrase' }, encrypted('wrong')],
  [{ privateKey: keys.rsaLegacyEncrypted, passphrase: 'wrongpassphrase' }, encrypted('wrong')],
  [{ privateKey: keys.rsaEncrypted, passphrase: '' }, encrypted('wrong')],
  [{ privateKey: keys.rsaEncrypted, passphrase: 27182818284 }, {
    code: 'CDN_ACCESS_KEY_ENTRY_INVALID',
    message: 'A key entry of "sample" has a "passphrase" that is not a string'
  }],
  [{ privateKey: keys.rsaPublic }, isPublic('public key')],
  [{ privateKey: JSON.stringify({ only: keys.rsaPublic }) }, isPublic('public key')],
  [{ privateKey: keys.rsaCertificate }, isPublic('certificate')]
]

t.test('each bad key is refused with its own code and reason', async (t) => {
  t.throws(() => readKeyForm(undefined, { half: 'private', field: 'privateKey' }), {
    message: unreadable('it is undefined: is the environment variable set?').message
  })
  for (const [entry, error] of refused) t.throws(() => parse(entry), error, error.message)
})

t.test('no error, nor the one behind it, holds a piece of a key or a passphrase', async (t) => {
  const secrets = [
    ...Object.values(keys).flatMap((pem) =>
      pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')).map((line) =>
        line.slice(0, 12)
      )
    ),
    ecJwk.d!.slice(0, 8),
    'wrongpassphrase',
    '31415926535',
    '27182818284'
  ]
  t.ok(secrets.length > 100)
  for (const [entry, { code }] of refused) {
    let error: unknown
    try {
      parse(entry)
    } catch (thrown) {
      error = thrown
    }
    const shown = [
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify(error, Object.getOwnPropertyNames(error)),
      String((error as Error).cause),
      (error as Error).stack
    ].join('\n')
    t.match(shown, code)
    t.strictSame(secrets.filter((secret) => shown.includes(secret)), [], code)
  }
})

t.test('names no variable of private keys where a path stands for a public one', async (t) => {
  const entry = { keyPairId: 'K1', publicKey: '/run/secrets/media.public.pem' }
  t.throws(() => parse(entry), {
    code: 'CDN_ACCESS_KEY_UNREADABLE',
    message: '"publicKey" can\'t be read as a key: it looks like the path of a file, and the key ' +
      'itself belongs here: read it with readFileSync(path), or give "keys" as { file } where it ' +
      'holds entries in JSON'
  })
})
