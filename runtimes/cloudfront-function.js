import cf from 'cloudfront'

/** What `cdn-access edge` fills in. */
const settings = {
  issuer: 'https://api.example.com',
  host: 'media.example.com',
  cookieName: 'CTA-Common-Access-Token',
  queryName: 'CAT',
  origins: ['https://www.example.com']
}

/** How tokens of HS256 begin: tags 61 and 17, that algorithm alone, and a key's id or nothing. */
const beginning = /^2D3RhEOhAQW(?:hB[EF]|g)/
const known = ['1', '4', '5', '6', '7', '310', '312']

/** Of CloudFront Functions 2.0, with a KeyValueStore: the key `keys`, and revocations. */
async function handler (event) {
  const request = event.request
  if (request.method === 'OPTIONS') return pass(request)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, 403)
  if (isAmbiguous(request.uri)) return refuse(request, 403)
  const tokens = tokensOf(request)
  if (tokens.length === 0) return refuse(request, 403)
  try {
    const store = cf.kvs()
    const ring = await store.get('keys', { format: 'json' })
    const access = firstOf(tokens, request.uri, keysOf(ring))
    if (access === undefined) return refuse(request, 403)
    const name = 'r:' + access.id
    const listed = await store.exists(name)
    if (listed === false) return pass(request)
    const text = await store.get(name, { format: 'string' })
    return isRevoked(access.issuedAt, text) ? refuse(request, 403) : pass(request)
  } catch (error) {
    return refuse(request, 503)
  }
}

/** Up to four values, of the query first; an empty one may be a name alone. */
function tokensOf (request) {
  const inQuery = valuesOf(request.querystring[settings.queryName])
  const inCookies = valuesOf(request.cookies[settings.cookieName])
  return inQuery.concat(inCookies).filter(function isFilled (token) {
    return token !== ''
  }).slice(0, 4)
}

function valuesOf (entry) {
  if (entry === undefined) return []
  return entry.multiValue === undefined
    ? [entry.value]
    : entry.multiValue.map(function valueOf (each) {
      return each.value
    })
}

/** True where an origin could read a path as another one. */
function isAmbiguous (path) {
  return !/^\/[\x21-\x7e]*$/.test(path) ||
    /[\\#]|\/\/|%(?:2e|2f|5c|00)|%(?![0-9a-f]{2})|\/\.\.?(?:\/|;|%3b|$)/i.test(path)
}

/** `{"k":["<base64url>"],"i":["<kid>"]}`; without ids any will do. Throws where one is no key. */
function keysOf (ring) {
  if (!Array.isArray(ring.k) || ring.k.length === 0) throw new TypeError('There is no key')
  const ids = ring.i === undefined ? [] : ring.i
  return ring.k.map(function keyOf (text, index) {
    const bytes = Buffer.from(text, 'base64url')
    if (bytes.length < 32) throw new TypeError('A key is too short')
    return { bytes: bytes, id: ids[index] }
  })
}

/** The first that is good in all but its revocation: for one token alone the store is asked. */
function firstOf (tokens, path, keys) {
  for (let index = 0; index < tokens.length; index++) {
    const access = accessOf(tokens[index], path, keys)
    if (access !== undefined) return access
  }
  return undefined
}

function accessOf (token, path, keys) {
  if (token.length > 1366 || !beginning.test(token)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  // Only the one way in which the bytes are written.
  if (bytes.toString('base64url') !== token) return undefined
  const frame = frameOf(bytes)
  if (frame === undefined) return undefined
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]
    const named = key.id === undefined || key.id === frame.id
    const claims = named ? claimsOf(bytes, key.bytes) : undefined
    if (claims !== undefined) return readAccess(claims, path)
  }
  return undefined
}

/**
 * What no signature covers, by where it stands behind the beginning: the id of the key, claims and
 * tag, up to the end. Undefined where a head is longer than it must be.
 */
function frameOf (bytes) {
  const named = bytes[8] === 0xa1
  const id = named ? spanAt(bytes, 10) : { end: 9 }
  const claims = id && spanAt(bytes, id.end)
  const tag = claims && spanAt(bytes, claims.end)
  if (tag === undefined || tag.end !== bytes.length) return undefined
  return { id: named ? bytes.slice(id.start, id.end).toString() : undefined }
}

/** Where the byte string lies whose head is there. */
function spanAt (bytes, at) {
  const first = bytes[at]
  const next = bytes[at + 1]
  if (first >= 0x40 && first < 0x58) return { start: at + 1, end: at + 1 + first - 0x40 }
  if (first === 0x58 && next >= 24) return { start: at + 2, end: at + 2 + next }
  const length = next * 256 + bytes[at + 2]
  return first === 0x59 && length >= 256 ? { start: at + 3, end: at + 3 + length } : undefined
}

function claimsOf (bytes, key) {
  try {
    return cf.cwt.validateToken(bytes, { key: key }).payload
  } catch (error) {
    return undefined
  }
}

/** The id and the time of claims that allow the path; undefined where they don't. */
function readAccess (claims, path) {
  const now = Math.floor(Date.now() / 1000)
  const id = idOf(claims['7'])
  const start = claims['5'] === undefined ? 0 : claims['5']
  const allowed = hasOnly(claims, known) && claims['1'] === settings.issuer &&
    isTime(claims['4']) && now < claims['4'] && isTime(start) && now >= start &&
    isTime(claims['6']) && claims['310'] === 1 && id !== undefined &&
    covers(claims['312'], path)
  return allowed ? { id: id, issuedAt: claims['6'] } : undefined
}

/** How byte strings arrive is not documented: what is not 16 bytes is none. */
function idOf (value) {
  if (!(value instanceof Uint8Array) || value.length !== 16) return undefined
  return Buffer.from(value).toString('base64url')
}

function isTime (value) {
  return typeof value === 'number' && value >= 0 && value <= 9007199254740991 &&
    Math.floor(value) === value
}

/** True where the claim `catu` names the host, and a path or what it begins with. */
function covers (uri, path) {
  if (!hasOnly(uri, ['1', '3']) || !hasOnly(uri['1'], ['0'])) return false
  if (uri['1']['0'] !== settings.host || !hasOnly(uri['3'], ['0', '1'])) return false
  const exact = uri['3']['0']
  const prefix = uri['3']['1']
  if (prefix === undefined) return exact === path
  return exact === undefined && typeof prefix === 'string' &&
    path.slice(0, prefix.length) === prefix
}

function hasOnly (map, names) {
  if (typeof map !== 'object' || map === null) return false
  return Object.keys(map).every(function isNamed (name) {
    return names.indexOf(name) !== -1
  })
}

/** `<since>.<until>`; what can't be read may be any time. */
function isRevoked (issuedAt, text) {
  const match = /^(\d{1,11})\.\d{1,11}$/.exec(text)
  return match === null || issuedAt <= Number(match[1])
}

/** Nothing but the tokens is taken away: CloudFront's own cookies may have to be checked yet. */
function pass (request) {
  delete request.cookies[settings.cookieName]
  delete request.querystring[settings.queryName]
  return request
}

function refuse (request, status) {
  const headers = {
    'cache-control': { value: 'no-store' },
    'content-type': { value: 'text/plain; charset=utf-8' }
  }
  if (status === 503) headers['retry-after'] = { value: '5' }
  const origin = request.headers.origin
  if (origin !== undefined && settings.origins.indexOf(origin.value) !== -1) {
    headers['access-control-allow-origin'] = { value: origin.value }
    headers['access-control-allow-credentials'] = { value: 'true' }
    headers['access-control-expose-headers'] = { value: 'retry-after' }
    headers['vary'] = { value: 'origin' }
  }
  return {
    statusCode: status,
    statusDescription: status === 503 ? 'Service Unavailable' : 'Forbidden',
    headers: headers,
    body: ''
  }
}
