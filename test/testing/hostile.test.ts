import t from 'tap'
import type { CdnGrant, EdgeRequest } from '../../src/cdn/cdn.js'
import { breachOf, type Break } from '../fixtures/token-cdn.js'

const course = { grants: [{ paths: ['/courses/42/*'] }] }

/** Matches what it should, in a power of two of the length where it does not. */
const exponential = /^(?:(?:a|0)+)+$/

/** A CDN whose check looks at a request first. */
function looking (look: (request: EdgeRequest) => unknown): Break {
  return {
    members: ({ check }) => ({
      check: async (request: EdgeRequest, keys: never) => {
        look(request)
        return check(request, keys)
      }
    })
  }
}

t.test('names a value of a cookie that stops it', async (t) => {
  const broken = looking(({ cookies }) =>
    cookies.some(([, value]) => exponential.test(`${value}!`))
  )
  t.match(
    await breachOf(broken, course),
    /^"check" with a cookie token_data of many a blows up: from \d\d characters on it grows so fast/
  )
})

t.test('names a URL that stops it', async (t) => {
  const broken = looking(({ url }) => exponential.test(`${url.slice('/courses/42/'.length)}!`))
  t.match(await breachOf(broken, course), /^"check" with a URL of many a blows up: from /)
})

t.test('names a path that stops its plan', async (t) => {
  const broken: Break = {
    members: ({ plan }) => ({
      plan: (grant: CdnGrant) => {
        exponential.test(`${grant.paths[0]!.slice('/courses/42/'.length)}!`)
        return plan(grant)
      }
    })
  }
  t.match(await breachOf(broken, course), /^"plan" with a path of many a blows up: from /)
})

t.test('names a pattern that takes a power of the length', async (t) => {
  const covers = (granted: string, path: string): boolean => {
    const escaped = granted.replace(/[.\\+^$(){}|[\]]/g, '\\$&')
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path)
  }
  t.match(
    await breachOf({ decisions: { covers } }, course),
    /^"check" with the pattern of {"paths":\["\/courses\/42\/\*a\*a\*a\*b"\]} blows up: from /
  )
})
