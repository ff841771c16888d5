import t from 'tap'
import type { EdgeRequest } from '../../../src/cdn/cdn.js'
import { verdict } from '../../../src/cdn/format/verdict.js'
import { readBlock } from '../../../src/cdn/nginx/block.js'
import { findCredentials } from '../../../src/cdn/nginx/credentials.js'

const url = 'https://media.example.com'
const hash = Buffer.alloc(16, 1).toString('base64url')
const other = Buffer.alloc(16, 2).toString('base64url')
const good: EdgeRequest['cookies'] = [['cdn_access_hash', hash], ['cdn_access_expires', '2']]

/** What was found, or the check that refused. */
async function find (
  query: string | undefined,
  cookies: EdgeRequest['cookies'] = [],
  links = true
): Promise<unknown> {
  const block = readBlock({ url, scope: '/v/:id/', links })
  let found: unknown
  const { allowed, checks } = await verdict(403, (list) => {
    const { source, hash: bytes, expires } = findCredentials(
      list,
      block,
      { path: '/v/1/a', query },
      cookies
    )
    found = [source, bytes.toString('base64url'), expires]
  })
  return allowed ? found : `${checks.at(-1)!.name}: ${checks.at(-1)!.detail}`
}

t.test('takes the link of a request, and otherwise its cookies', async (t) => {
  t.same(await find(`md5=${other}&expires=1`, good), ['link', other, '1'])
  t.same(await find(`expires=1&x&MD5=${other}`), ['link', other, '1'])
  t.same(await find(undefined, good), ['cookies', hash, '2'])
  t.same(await find('md5=&expires=1', good), ['cookies', hash, '2'])
  t.same(await find(`md5=${other}&expires=1`, good, false), ['cookies', hash, '2'])
})

t.test('a link that is odd is not made good by cookies', async (t) => {
  const noHash = 'link: md5 is not the 22 characters of an MD5 in base64url.'
  const noEnd = 'link: expires is not a number of seconds.'
  t.equal(await find('md5=x&expires=1', good), noHash)
  t.equal(await find(`md5=${other},1&expires=1`, good), noHash)
  t.equal(await find(`md5=${other}`, good), noEnd)
  for (const end of ['', '0', '01', '1,2', '%31', '-1']) {
    t.equal(await find(`md5=${other}&expires=${end}`, good), noEnd, end)
  }
})

t.test('says which cookie is missing, odd, or sent twice', async (t) => {
  t.match(
    await find(''),
    /^cookies: The request has no cookie cdn_access_hash: is this path granted, was access issued/
  )
  t.match(await find('', good.slice(0, 1)), /cdn_access_expires is missing beside cdn_access_hash/)
  t.match(await find('', [['cdn_access_hash', 'x'], good[1]!]), /cdn_access_hash is not the 22/)
  t.match(await find('', [good[0]!, ['CDN_access_expires', 'x']]), /expires is not a number/)
  t.same(await find('', [...good, ['CDN_ACCESS_HASH', other]]), ['cookies', hash, '2'])
})
