import { decide, openKeys, refusalHeaders } from './core.js'

/** What `cdn-access edge` fills in. */
const settings = {
  issuer: 'https://api.example.com',
  host: 'media.example.com',
  cookieName: 'CTA-Common-Access-Token',
  queryName: 'CAT',
  origins: ['https://www.example.com']
}

/**
 * For Cloudflare Workers. A Durable Object knows what is revoked: KV would learn of it a minute
 * late.
 *
 * @typedef {object} Env
 * @property {string} KEYS A secret: an array of JWKs, of which public halves are enough.
 * @property {string} REVOKE_TOKEN A secret: what the API shows that it may revoke.
 * @property {Namespace} REVOCATIONS
 *
 * @typedef {{ idFromName(name: string): unknown, get(id: unknown): Stub }} Namespace
 * @typedef {{ fetch(url: string, init?: RequestInit): Promise<Response> }} Stub
 *
 * @typedef {object} Storage
 * @property {(key: string) => Promise<string | undefined>} get
 * @property {(key: string, value: string) => Promise<void>} put
 * @property {(keys: string[]) => Promise<unknown>} delete
 * @property {() => Promise<Map<string, string>>} list
 * @property {() => Promise<number | null>} getAlarm
 * @property {(time: number) => Promise<void>} setAlarm
 */

const revocations = /^\/\.cdn-access\/revocations\/([\w-]{22})$/
const entry = /^(\d{1,11})\.(\d{1,11})$/
const patience = 2000
const betweenSweeps = 600_000

/** @type {{ text: string, keys: ReturnType<typeof openKeys> } | undefined} */
let opened

export default { fetch: answer }

/**
 * @param {Request} request
 * @param {Env} env
 * @returns {Promise<Response>}
 */
async function answer (request, env) {
  // Not by `new URL`, which resolves what has to be refused.
  const start = request.url.indexOf('/', 'https://'.length)
  const [origin, target] = [request.url.slice(0, start), request.url.slice(start)]
  const [path = '', ...more] = target.split('?')
  const id = revocations.exec(path)?.[1]
  if (id !== undefined && request.method === 'PUT') return revoke(id, request, env)
  const asked = {
    method: request.method,
    path,
    query: more.join('?'),
    cookie: request.headers.get('cookie') ?? '',
    now: Math.floor(Date.now() / 1000)
  }
  const { status, query, cookie } = await decide(asked, settings, {
    keys: () => keysOf(env),
    revocation: (id) => revocationOf(id, env)
  })
  if (status !== 200) {
    const headers = refusalHeaders(status, request.headers.get('origin'), settings)
    return new Response(null, { status, headers })
  }
  const url = `${origin}${path}${more.length > 0 && query !== '' ? `?${query}` : ''}`
  const passed = new Request(asked.query === query ? request.url : url, request)
  if (cookie === '') passed.headers.delete('cookie')
  else passed.headers.set('cookie', cookie)
  return fetch(passed)
}

/** Read once for each value of the secret. @param {Env} env */
function keysOf ({ KEYS: text }) {
  if (opened === undefined || opened.text !== text) opened = { text, keys: openSecret(text) }
  return opened.keys
}

/** @param {string} text */
async function openSecret (text) {
  return openKeys(JSON.parse(text))
}

/** One object for each of 4,096 shares of the ids. @param {string} id @param {Env} env */
function objectOf (id, { REVOCATIONS }) {
  return REVOCATIONS.get(REVOCATIONS.idFromName(id.slice(0, 2)))
}

/** @param {string} id @param {Env} env */
async function revocationOf (id, env) {
  const url = `https://revocations/${id}`
  const reply = await objectOf(id, env).fetch(url, { signal: AbortSignal.timeout(patience) })
  if (reply.status === 204) return undefined
  if (reply.status !== 200) throw new Error('The revocations can not be read')
  return reply.text()
}

/**
 * Takes a revocation from the API, and answers when all of the world obeys it.
 *
 * @param {string} id
 * @param {Request} request
 * @param {Env} env
 */
async function revoke (id, request, env) {
  const headers = { 'cache-control': 'no-store' }
  const bearer = request.headers.get('authorization') ?? ''
  if (!await isSecret(bearer, env.REVOKE_TOKEN)) return new Response(null, { status: 403, headers })
  const body = (await request.text()).slice(0, 32)
  if (!entry.test(body)) return new Response(null, { status: 400, headers })
  const { status } = await objectOf(id, env).fetch(`https://revocations/${id}`, {
    method: 'PUT',
    body
  })
  return new Response(null, { status, headers })
}

/**
 * Compared as digests, so that the time it takes tells nothing of the secret.
 *
 * @param {string} bearer
 * @param {string | undefined} secret
 */
async function isSecret (bearer, secret) {
  if (secret === undefined || secret.length < 22) return false
  const [given, wanted] = await Promise.all([bearer, `Bearer ${secret}`].map(async (text) => {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  }))
  return given?.every((byte, index) => byte === wanted?.[index])
}

/** Revocations of one share of the ids: `<since>.<until>` by id. */
export class Revocations {
  /** @param {{ storage: Storage }} state */
  constructor ({ storage }) {
    this.storage = storage
  }

  /** @param {Request} request */
  async fetch (request) {
    const id = new URL(request.url).pathname.slice(1)
    const held = await this.storage.get(id)
    if (request.method !== 'PUT') {
      return held === undefined
        ? new Response(null, { status: 204 })
        : new Response(held)
    }
    // Two that cross may arrive in the other order, and one may be of a longer life.
    await this.storage.put(id, laterOf(await request.text(), held))
    if (await this.storage.getAlarm() === null) {
      await this.storage.setAlarm(Date.now() + betweenSweeps)
    }
    return new Response(null, { status: 204 })
  }

  /** Drops what has outlived all access that it was for. */
  async alarm () {
    const now = Date.now() / 1000
    const all = [...await this.storage.list()]
    const over = all.filter(([, text]) => Number(entry.exec(text)?.[2]) < now)
    const ids = over.map(([id]) => id)
    // As many as one call takes.
    for (let at = 0; at < ids.length; at += 128) await this.storage.delete(ids.slice(at, at + 128))
    if (over.length < all.length) await this.storage.setAlarm(Date.now() + betweenSweeps)
  }
}

/**
 * The later of both times, each for itself.
 *
 * @param {string} text
 * @param {string | undefined} held
 */
function laterOf (text, held = '') {
  const [, since, until] = entry.exec(text) ?? []
  const [, heldSince = 0, heldUntil = 0] = entry.exec(held) ?? []
  return `${Math.max(Number(since), Number(heldSince))}.${
    Math.max(Number(until), Number(heldUntil))
  }`
}
