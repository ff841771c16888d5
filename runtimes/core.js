/**
 * Decides whether a viewer holds a Common Access Token (CTA-5007) for what it asks. For every
 * runtime that has WebCrypto; it imports nothing. Each step refuses what it can't read.
 *
 * @typedef {object} Settings
 * @property {string} issuer What the claim `iss` must be.
 * @property {string} host The host that the claim `catu` must name.
 * @property {string} cookieName
 * @property {string} queryName The parameter of signed URLs that holds the token.
 * @property {readonly string[]} origins The pages whose scripts may read a refusal.
 *
 * @typedef {object} Asked A request as it arrived.
 * @property {string} method
 * @property {string} path As it stands in the request line, without the query.
 * @property {string} query Without `?`; empty where there is none.
 * @property {string} cookie The `Cookie` header; empty where there is none.
 * @property {number} now Epoch seconds.
 *
 * @typedef {object} Sources Both may reject, which is a 503.
 * @property {() => Promise<readonly VerifyingKey[]>} keys
 * @property {(id: string) => Promise<string | undefined>} [revocation]
 * `<since>.<until>` of an id; undefined where it is not revoked. Left out where nothing is.
 *
 * @typedef {object} Decision
 * @property {200 | 403 | 503} status
 * @property {string} query Without the token.
 * @property {string} cookie Without the tokens; empty where nothing is left.
 *
 * @typedef {object} VerifyingKey
 * @property {string | undefined} kid What a token must say that it was signed by, where it is known.
 * @property {Algorithm} algorithm
 * @property {CryptoKey} key
 *
 * @typedef {object} Algorithm
 * @property {number} id In COSE.
 * @property {number} tag Of the structure that holds it.
 * @property {string} context What is signed begins with it.
 * @property {{ name: string, hash?: string, namedCurve?: string }} importing
 * @property {{ name: string, hash?: string, saltLength?: number }} verifying
 *
 * @typedef {Map<unknown, unknown>} Claims
 */

/** By the type of a key: a token has no say in it. @type {Record<string, Algorithm>} */
const algorithms = {
  oct: {
    id: 5,
    tag: 17,
    context: 'MAC0',
    importing: { name: 'HMAC', hash: 'SHA-256' },
    verifying: { name: 'HMAC' }
  },
  EC: {
    id: -7,
    tag: 18,
    context: 'Signature1',
    importing: { name: 'ECDSA', namedCurve: 'P-256' },
    verifying: { name: 'ECDSA', hash: 'SHA-256' }
  },
  RSA: {
    id: -37,
    tag: 18,
    context: 'Signature1',
    importing: { name: 'RSA-PSS', hash: 'SHA-256' },
    verifying: { name: 'RSA-PSS', saltLength: 32 }
  }
}

const longestToken = 1366
const mostTokens = 4
const deepest = 8

const claimNumbers = {
  issuer: 1,
  expiry: 4,
  notBefore: 5,
  issuedAt: 6,
  id: 7,
  version: 310,
  uri: 312
}
const knownClaims = new Set(Object.values(claimNumbers))

/**
 * Makes keys of JWKs, private halves left out. Rejects where one can't be used.
 *
 * @param {unknown} jwks
 * @returns {Promise<readonly VerifyingKey[]>}
 */
export async function openKeys (jwks) {
  if (!Array.isArray(jwks) || jwks.length === 0) throw new TypeError('There is no key')
  return Promise.all(jwks.map(async ({ kid, kty, k, crv, x, y, n, e }) => {
    const algorithm = algorithms[kty]
    if (algorithm === undefined) throw new TypeError('A key is of another type')
    const jwk = kty === 'oct' ? { kty, k } : kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }
    const weak = kty === 'oct' ? k.length < 43 : kty === 'RSA' && n.length < 342
    if (weak) throw new TypeError('A key is too short')
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm.importing, false, ['verify'])
    return { kid, algorithm, key }
  }))
}

/**
 * Says what becomes of a request. Never rejects. The first token that is good in all but its
 * revocation decides, so that a store is asked once.
 *
 * @param {Asked} asked
 * @param {Settings} settings
 * @param {Sources} sources
 * @returns {Promise<Decision>}
 */
export async function decide (asked, settings, sources) {
  const { tokens, ...rest } = takeTokens(asked, settings)
  const answer = (/** @type {Decision['status']} */ status) => ({ status, ...rest })
  // Preflights carry no cookies.
  if (asked.method === 'OPTIONS') return answer(200)
  if (asked.method !== 'GET' && asked.method !== 'HEAD') return answer(403)
  if (isAmbiguous(asked.path) || tokens.length === 0) return answer(403)
  try {
    const keys = await sources.keys()
    for (const token of tokens) {
      const claims = await verifiedClaims(token, keys)
      if (claims !== undefined && allows(claims, asked, settings)) {
        return answer(await isRevoked(claims, sources) ? 403 : 200)
      }
    }
    return answer(403)
  } catch {
    return answer(503)
  }
}

/**
 * The headers of a refusal, by lower-case name.
 *
 * @param {number} status
 * @param {string | null | undefined} origin Of the page that asks.
 * @param {Settings} settings
 * @returns {Record<string, string>}
 */
export function refusalHeaders (status, origin, { origins }) {
  return {
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 503 ? { 'retry-after': '5' } : {}),
    ...(typeof origin === 'string' && origins.includes(origin)
      ? {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'retry-after',
        'vary': 'origin'
      }
      : {})
  }
}

/**
 * Takes the tokens out of cookies and query, the query's first.
 *
 * @param {Asked} asked
 * @param {Settings} settings
 */
function takeTokens ({ query, cookie }, { cookieName, queryName }) {
  const inQuery = take(query, '&', queryName)
  const inCookies = take(cookie, ';', cookieName)
  // An empty one may be a name alone: not every runtime tells them apart.
  const tokens = [...inQuery.values, ...inCookies.values].filter((token) => token !== '')
  return {
    tokens: tokens.slice(0, mostTokens),
    query: inQuery.rest,
    cookie: inCookies.rest.replace(/^[ \t]+/, '')
  }
}

/**
 * @param {string} text
 * @param {string} separator
 * @param {string} name
 */
function take (text, separator, name) {
  /** @type {string[]} */ const values = []
  const rest = text.split(separator).filter((pair) => {
    const equals = pair.indexOf('=')
    if (equals === -1 || trim(pair.slice(0, equals)) !== name) return true
    values.push(trim(pair.slice(equals + 1)))
    return false
  })
  return { values, rest: rest.join(separator) }
}

/** Of other white space a name may be made. @param {string} text */
function trim (text) {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** True where an origin could read a path as another one. @param {string} path */
function isAmbiguous (path) {
  return !/^\/[\x21-\x7e]*$/.test(path) ||
    /[\\#]|\/\/|%(?:2e|2f|5c|00)|%(?![0-9a-f]{2})|\/\.\.?(?:\/|;|%3b|$)/i.test(path)
}

/**
 * The claims of a token that one of the keys has signed.
 *
 * @param {string} token
 * @param {readonly VerifyingKey[]} keys
 * @returns {Promise<Claims | undefined>}
 */
async function verifiedClaims (token, keys) {
  const opened = attempt(() => openToken(token))
  if (opened === undefined) return undefined
  const { tag, id, signer, body, payload, signature } = opened
  for (const { kid, algorithm, key } of keys) {
    if (algorithm.id !== id || algorithm.tag !== tag) continue
    // No signature covers it: it must be right all the same.
    if (kid !== undefined && kid !== signer) continue
    const signed = concat([
      [0x84],
      head(3, algorithm.context.length),
      new TextEncoder().encode(algorithm.context),
      head(2, body.length),
      body,
      head(2, 0),
      head(2, payload.length),
      payload
    ])
    const verified = crypto.subtle.verify(algorithm.verifying, key, signature, signed)
    if (await verified.catch(() => false)) {
      const claims = attempt(() => decode(payload))
      return claims instanceof Map ? claims : undefined
    }
  }
  return undefined
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined}
 */
function attempt (read) {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * Reads the structure of a token: `61(17 or 18([protected, unprotected, payload, signature]))`.
 *
 * @param {string} token
 */
function openToken (token) {
  if (token.length > longestToken) throw new RangeError('It is too long')
  const cwt = /** @type {Tagged} */ (decode(fromBase64url(token)))
  if (cwt.tag !== 61) throw new TypeError('It is no CWT')
  const { tag, value } = /** @type {Tagged} */ (cwt.value)
  const [body, unprotected, payload, signature, ...more] = /** @type {Uint8Array[]} */ (value)
  const protection = decode(bytesOf(body))
  if (!(protection instanceof Map) || protection.size !== 1 || !(unprotected instanceof Map)) {
    throw new TypeError('Its headers are of another form')
  }
  const kid = /** @type {Map<unknown, unknown>} */ (unprotected).get(4)
  if (unprotected.size > (kid === undefined ? 0 : 1)) throw new TypeError('It has other headers')
  if (more.length > 0) throw new TypeError('It has more parts')
  return {
    tag,
    id: protection.get(1),
    signer: kid === undefined
      ? undefined
      : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(kid)),
    body: bytesOf(body),
    payload: bytesOf(payload),
    signature: bytesOf(signature)
  }
}

/**
 * True where claims allow what is asked, but for revocations.
 *
 * @param {Claims} claims
 * @param {Asked} asked
 * @param {Settings} settings
 */
function allows (claims, { path, now }, { issuer, host }) {
  for (const number of claims.keys()) {
    if (!knownClaims.has(/** @type {number} */ (number))) return false
  }
  const { expiry, notBefore, issuedAt, id, version, uri } = claimNumbers
  const start = claims.has(notBefore) ? claims.get(notBefore) : 0
  const identity = claims.get(id)
  return claims.get(claimNumbers.issuer) === issuer &&
    isTime(claims.get(expiry)) && now < /** @type {number} */ (claims.get(expiry)) &&
    isTime(start) && now >= /** @type {number} */ (start) &&
    isTime(claims.get(issuedAt)) &&
    identity instanceof Uint8Array && identity.length === 16 &&
    claims.get(version) === 1 &&
    covers(claims.get(uri), host, path)
}

/** @param {unknown} value */
function isTime (value) {
  return typeof value === 'number' && value >= 0
}

/**
 * True where the claim `catu` names the host, and a path or what it begins with.
 *
 * @param {unknown} uri
 * @param {string} host
 * @param {string} path
 */
function covers (uri, host, path) {
  if (!(uri instanceof Map) || uri.size !== 2) return false
  const [hosts, paths] = [uri.get(1), uri.get(3)]
  if (!(hosts instanceof Map) || hosts.size !== 1 || hosts.get(0) !== host) return false
  if (!(paths instanceof Map) || paths.size !== 1) return false
  const prefix = paths.get(1)
  return typeof prefix === 'string' ? path.startsWith(prefix) : paths.get(0) === path
}

/**
 * True where what was issued then has been revoked since. Rejects where that can't be known.
 *
 * @param {Claims} claims
 * @param {Sources} sources
 */
async function isRevoked (claims, { revocation }) {
  const id = toBase64url(bytesOf(claims.get(claimNumbers.id)))
  const text = await revocation?.(id)
  if (text === undefined) return false
  const [, since] = /^(\d{1,11})\.\d{1,11}$/.exec(text) ?? []
  // What can't be read may be any time.
  return since === undefined ||
    /** @type {number} */ (claims.get(claimNumbers.issuedAt)) <= Number(since)
}

/** @typedef {{ tag: number, value: unknown }} Tagged */

/**
 * Decodes CBOR (RFC 8949) of the kinds that tokens are made of: whole numbers, bytes, texts,
 * arrays, maps, tags, true, false and null, each in its shortest form and of a length that is told.
 *
 * @param {Uint8Array} bytes
 * @returns {unknown}
 */
function decode (bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const item = read(0)
  if (at !== bytes.length) throw new RangeError('Something follows')
  return item

  /** @param {number} depth @returns {unknown} */
  function read (depth) {
    if (depth > deepest) throw new RangeError('It is too deep')
    const initial = view.getUint8(at++)
    const [major, short] = [initial >> 5, initial & 31]
    if (major === 7) return simple(short)
    const number = readNumber(short)
    if (major === 0) return number
    if (major === 1) return -1 - number
    if (major === 2) return slice(number)
    if (major === 3) {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(slice(number))
    }
    if (major === 6) return { tag: number, value: read(depth + 1) }
    if (number > bytes.length - at) throw new RangeError('It is cut off')
    if (major === 4) return Array.from({ length: number }, () => read(depth + 1))
    return readMap(number, depth)
  }

  /** @param {number} short */
  function readNumber (short) {
    if (short < 24) return short
    if (short > 27) throw new RangeError('A length is not told')
    const size = 1 << (short - 24)
    const number = size === 8
      ? Number(view.getBigUint64(at))
      : size === 4
      ? view.getUint32(at)
      : size === 2
      ? view.getUint16(at)
      : view.getUint8(at)
    const least = size === 1 ? 24 : 2 ** (size * 4)
    if (number < least || !Number.isSafeInteger(number)) {
      throw new RangeError('A number is not in its shortest form, or too large')
    }
    at += size
    return number
  }

  /** @param {number} number @param {number} depth */
  function readMap (number, depth) {
    const map = new Map()
    for (let index = 0; index < number; index++) {
      const key = read(depth + 1)
      if (typeof key !== 'number' && typeof key !== 'string') throw new TypeError('A key is odd')
      if (map.has(key)) throw new TypeError('A key is there twice')
      map.set(key, read(depth + 1))
    }
    return map
  }

  /** @param {number} length */
  function slice (length) {
    if (length > bytes.length - at) throw new RangeError('It is cut off')
    return bytes.subarray(at, at += length)
  }
}

/** @param {number} short */
function simple (short) {
  if (short === 20 || short === 21) return short === 21
  if (short === 22) return null
  throw new TypeError('It is a number with a point, or unknown')
}

/** The first bytes of an item in CBOR. @param {number} major @param {number} length */
function head (major, length) {
  const initial = major << 5
  if (length < 24) return [initial | length]
  return length < 256 ? [initial | 24, length] : [initial | 25, length >> 8, length & 255]
}

/** @param {ReadonlyArray<ArrayLike<number>>} parts */
function concat (parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** @param {unknown} value @returns {Uint8Array<ArrayBuffer>} */
function bytesOf (value) {
  if (!(value instanceof Uint8Array)) throw new TypeError('It is no byte string')
  return /** @type {Uint8Array<ArrayBuffer>} */ (value)
}

/** Only the one way in which the bytes are written. @param {string} text */
function fromBase64url (text) {
  const bytes = Uint8Array.from(
    atob(text.replaceAll('-', '+').replaceAll('_', '/')),
    (character) => character.charCodeAt(0)
  )
  if (toBase64url(bytes) !== text) throw new TypeError('It is not written as base64url')
  return bytes
}

/** @param {Uint8Array} bytes */
function toBase64url (bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll(
    '=',
    ''
  )
}
