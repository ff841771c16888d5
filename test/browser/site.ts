import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Test } from 'tap'
import {
  cdnAccess,
  cdnPath,
  cloudfront,
  type Authorization,
  type Cdn,
  type CdnAccessOptions,
  type CloudFrontKeyEntry
} from '../../src/index.js'
import { fastifyOn, openListener, type Listener } from './listener.js'
import { startLocalEdge, type EdgeRequest } from './local-edge.js'
import { pageHtml, pageScript, playerNames } from './page-script.js'

/** One request that the API's route answered; a preflight is none. */
export interface ApiRequest {
  readonly method: string
  readonly status: number
  /** What a receipt says: `issued`, `refreshed` or `fresh`. */
  readonly outcome: string | undefined
}

/** A page, an API and a CDN on hosts of one site, and a page of another site. */
export interface Site {
  readonly page: string
  /** The same page below `example.org`. */
  readonly otherPage: string
  readonly api: string
  readonly media: string
  readonly playlist: string
  readonly apiListener: Listener
  readonly apiLog: readonly ApiRequest[]
  /** The codes of what it refused, in order. */
  readonly refusals: readonly string[]
  /** What reached the local edge. */
  readonly edgeLog: readonly EdgeRequest[]
  /** Whether the API grants anything. */
  allowed: boolean
  /** Whether the local edge refuses what it would give. */
  refuses: () => boolean
  /** `Set-Cookie` lines of the API's `/raw`. */
  raw: readonly string[]
  /** What the API signs with and the edge accepts. */
  readonly keys: { api: CloudFrontKeyEntry[], edge: CloudFrontKeyEntry[] }
  reloadKeys(): Promise<void>
}

type PluginOptions = 'ttl' | 'refreshBefore' | 'cookie' | 'area' | 'values' | 'now'

export interface SiteOptions extends Pick<CdnAccessOptions, PluginOptions> {
  /** What the local edge protects; default the demo's files. */
  readonly files?: string
  /** What the API grants while it is allowed to; default a course. */
  readonly authorize?: (request: FastifyRequest, area: string | undefined) => Authorization
  /** Puts another edge than the local one on the media host, and gives what signs for it. */
  readonly edge?: (
    listener: Listener,
    addresses: { readonly url: string, readonly page: string }
  ) => Promise<Cdn>
}

/** A key pair under an id. */
export function makeKey (
  keyPairId: string
): { signing: CloudFrontKeyEntry, checking: CloudFrontKeyEntry } {
  const { privateKey, publicKey }: { privateKey: KeyObject, publicKey: KeyObject } =
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { signing: { keyPairId, privateKey }, checking: { keyPairId, publicKey } }
}

/**
 * Starts the site. A life of 6 seconds is renewed after 3 or 4 unless the options say otherwise.
 */
export async function startSite (t: Test, options: SiteOptions = {}): Promise<Site> {
  const { edge, files, authorize = grantCourse, now = Date.now, ...given } = options
  const [pages, api, media] = [await openListener(t), await openListener(t), await openListener(t)]
  const origins = [
    `https://app.example.com:${pages.port}`,
    `https://app.example.org:${pages.port}`
  ] as const
  const url = `https://media.example.com:${media.port}`
  const first = makeKey('KONE')
  const keys: Site['keys'] = { api: [first.signing], edge: [first.checking] }
  const apiLog: ApiRequest[] = []
  const refusals: string[] = []
  const app = fastifyOn(t, api)
  const site: Site = {
    page: `${origins[0]}/`,
    otherPage: `${origins[1]}/`,
    api: `https://api.example.com:${api.port}/cdn-access`,
    media: url,
    playlist: `${url}/courses/1/video/index.m3u8`,
    apiListener: api,
    apiLog,
    refusals,
    edgeLog: edge === undefined
      ? await startLocalEdge(t, media, {
        url,
        origins,
        files,
        keys: () => keys.edge,
        now,
        refuses: () => site.refuses()
      })
      : [],
    allowed: true,
    refuses: () => false,
    raw: [],
    keys,
    reloadKeys: () => app.cdnAccess.reloadKeys()
  }
  const cdn = await edge?.(media, { url, page: origins[0] }) ??
    cloudfront({ url, keys: { load: async () => keys.api, every: '1h', settle: 0 } })

  await app.register(cookie)
  await app.register(cors, {
    origin: [...origins],
    credentials: true,
    methods: ['GET', 'POST', 'DELETE']
  })
  logReceipts(app, apiLog, refusals)
  await app.register(cdnAccess, {
    cdn,
    cookie: { domain: 'example.com' },
    ttl: 6,
    refreshBefore: 4,
    ...given,
    authorize: (request, area) => site.allowed && authorize(request, area),
    now,
    env: false
  })
  app.get('/raw', async (_request, reply) => reply.header('set-cookie', site.raw).code(204).send())
  await app.ready()
  await startPages(t, pages, site)
  return site
}

function grantCourse (): Authorization {
  return [cdnPath`/courses/${1}/*`]
}

function logReceipts (app: FastifyInstance, log: ApiRequest[], refusals: string[]): void {
  app.addHook('onSend', async ({ method, url }, { statusCode: status }, payload) => {
    if (!url.startsWith('/cdn-access') || method === 'OPTIONS') return
    const outcome = status === 200
      ? (JSON.parse(String(payload)) as { status: string }).status
      : undefined
    log.push({ method, status, outcome })
    if (status >= 400) refusals.push((JSON.parse(String(payload)) as { code: string }).code)
  })
}

/** The page with hls.js at `/`, and with each player below its name. */
async function startPages (t: Test, listener: Listener, { page }: Site): Promise<void> {
  const app = fastifyOn(t, listener)
  app.get('/', async (_request, reply) => reply.type('text/html').send(pageHtml('hls')))
  for (const player of playerNames) {
    app.get(`/${player}`, async (_request, reply) => {
      return reply.type('text/html').send(pageHtml(player))
    })
    app.get(`/${player}.js`, async (_request, reply) => {
      return reply.type('text/javascript').send(await pageScript(player))
    })
  }
  const frame = `<!doctype html><iframe src="${page}" allow="autoplay"></iframe>`
  app.get('/frame', async (_request, reply) => reply.type('text/html').send(frame))
  await app.ready()
}
