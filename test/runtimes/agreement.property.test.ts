import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { decide, openKeys } from '../../runtimes/core.js'
import type { Cdn } from '../../src/cdn/cdn.js'
import { commonAccessToken } from '../../src/cdn/common-access-token/common-access-token.js'
import { edgeFile } from '../../src/cli/edge-file.js'
import { cookiePairs } from '../../src/cookies/cookies.js'
import { parseRevocation } from '../../src/revocation/revocation-value.js'
import { atMoment } from '../fixtures/at-moment.js'
import { functionEvent, functionText, type FunctionAnswer } from '../fixtures/cloudfront-events.js'
import { randomRequest, type RandomRequest } from '../fixtures/edge-random-requests.js'
import { verifierSettings } from '../fixtures/edge-runs.js'
import { edgeNow, edgeSettings, secretOne, secretTwo } from '../fixtures/edge-tokens.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'

type Verifier = (request: RandomRequest) => Promise<number | undefined>

const { issuer, host } = edgeSettings
const jwks = [secretOne.jwk, secretTwo.jwk]
const folder = t.testdir()

async function load<Module> (name: string, text: string): Promise<Module> {
  await writeFile(`${folder}/${name}`, text)
  return await import(pathToFileURL(`${folder}/${name}`).href) as Module
}

function revocationIn ({ revocation }: RandomRequest): string | undefined {
  if (revocation === null) throw new Error('The store can not be read')
  return revocation
}

function targetOf (url: string): { path: string, query: string } {
  const [path = '', ...query] = url.split('?')
  return { path, query: query.join('?') }
}

const cdn: Cdn = commonAccessToken({ url: `https://${host}`, issuer, keys: [] })
const parsed = jwks.map((key) => cdn.parseKey({ key }))

const check: Verifier = async (given) => {
  const { method, url, cookie, keys } = given
  const revokedSince = async (): Promise<number | undefined> => {
    const text = revocationIn(given)
    return text === undefined ? undefined : parseRevocation(text)?.since ?? Number.NaN
  }
  const asked = { method, url, cookies: cookiePairs(cookie), now: edgeNow, revokedSince }
  return (await cdn.check(asked, keys ? parsed : [])).status
}

const opened = await openKeys(jwks)

const core: Verifier = async (given) => {
  const { method, url, cookie, keys } = given
  const asked = { method, ...targetOf(url), cookie, now: edgeNow }
  const { status } = await decide(asked, verifierSettings, {
    keys: async () => keys ? opened : openKeys([]),
    revocation: async () => revocationIn(given)
  })
  return status
}

const { handler: lambdaHandler } = await load<{
  handler: (event: object) => Promise<{ status?: string }>
}>('lambda.mjs', await edgeFile('lambda-at-edge', { ...verifierSettings, keys: jwks }))

/** It has its keys, and no store. */
const lambda: Verifier = async ({ method, url, cookie, keys, revocation }) => {
  if (!keys || revocation !== undefined) return undefined
  const { path: uri, query: querystring } = targetOf(url)
  const headers = cookie === '' ? {} : { cookie: [{ value: cookie }] }
  const request = { method, uri, querystring, headers }
  const { status } = await lambdaHandler({ Records: [{ cf: { request } }] })
  return Number(status ?? 200)
}

const standInFile = pathToFileURL(`${process.cwd()}/test/fixtures/cloudfront-module.js`).href
const { handler: functionHandler, standIn } = await load<{
  handler: (event: object) => Promise<FunctionAnswer>
  standIn: object
}>(
  'function.mjs',
  (await functionText()).replace('\'cloudfront\'', JSON.stringify(standInFile)) +
    '\nexport { handler }\nexport const standIn = cf.standIn\n'
)
const ring = JSON.stringify({ k: jwks.map(({ k }) => k), i: jwks.map(({ kid }) => kid) })

const cloudFront: Verifier = async ({ method, url, cookie, keys, revocation }) => {
  Object.assign(standIn, {
    entries: new Proxy({}, { get: (_, key) => key === 'keys' ? ring : revocation }),
    unreadable: [...keys ? [] : ['keys'], ...revocation === null ? ['r:'] : []]
  })
  const { statusCode } = await functionHandler(functionEvent({ method, url, cookie }))
  return statusCode ?? 200
}

t.test('whatever is asked, all answer alike', async (t) => {
  const seen: number[] = []
  const otherwise: object[] = []
  for (const seed of seeds(4)) {
    const next = seeded(seed)
    for (let count = 0; count < 500; count++) {
      const request = randomRequest(next)
      const status = (await check(request))!
      seen.push(status)
      for (const [name, verifier] of Object.entries({ core, lambda, cloudFront })) {
        const own = await atMoment(edgeNow * 1000, () => verifier(request))
        if (own !== undefined && own !== status) otherwise.push({ name, own, status, request })
      }
    }
  }
  t.same(otherwise, [])
  for (const status of [200, 403, 503]) {
    t.ok(seen.filter((each) => each === status).length > 20, `some are answered ${status}`)
  }
})
