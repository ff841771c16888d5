import { createHash } from 'node:crypto'
import t from 'tap'
import { readBlock } from '../../../src/cdn/nginx/block.js'
import { parseNginxKey } from '../../../src/cdn/nginx/key.js'
import { readArgument, refuseOddLink, writeLink } from '../../../src/cdn/nginx/link.js'

const url = 'https://media.example.com'
const secret = 'Zm9yLXRlc3RzLWFsb25lIQ'
const key = parseNginxKey({ secret }, 'nginx')
const blockOf = (more: object = {}) => readBlock({ url, scope: '/v/:id/', links: true, ...more })
const grantOf = (path: string, more: object = {}) => ({
  paths: [path],
  expiresAt: 2_147_483_648,
  ...more
})
const write = (path: string, query = '', more: object = {}, block = blockOf()): string =>
  writeLink('nginx', block, { url, target: { path, query }, grant: grantOf(path, more), key })
const md5 = (text: string): string => createHash('md5').update(text).digest('base64url')

t.test('hashes expiry, decoded path and secret, as nginx\' own example does', async (t) => {
  t.equal(
    write('/v/1/a%20b.mp4'),
    `${url}/v/1/a%20b.mp4?md5=${md5(`2147483647/v/1/a b.mp4 ${secret}`)}&expires=2147483647`
  )
  t.equal(
    write('/v/1/a', 'x=1&y', { ip: '203.0.113.7' }),
    `${url}/v/1/a?x=1&y&md5=${md5(`2147483647/v/1/a 203.0.113.7 ${secret}`)}&expires=2147483647`
  )
  const named = blockOf({ hashArgument: 'st', expiresArgument: 'e' })
  t.match(write('/v/1/a', '', {}, named), /\/a\?st=[\w-]{22}&e=2147483647$/)
})

t.test('refuses a query that nginx would read in its place', async (t) => {
  for (const query of ['md5=1', 'x=1&MD5=', 'expires=1', 'Expires=1&x']) {
    t.throws(() => write('/v/1/a', query), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message: /its query has an argument "(?:md5|expires)" of its own/
    }, query)
  }
  for (const query of ['md5', 'xmd5=1', 'md5x=1', 'x=md5=1']) t.match(write('/v/1/a', query), query)
})

t.test('refuses what is no file of the block', async (t) => {
  const refuse = (path: string, message: RegExp, block = blockOf()): void => {
    t.throws(() => refuseOddLink('nginx', block, grantOf(path)), {
      code: 'CDN_ACCESS_SIGNED_URL_UNSUPPORTED',
      message
    }, path)
  }
  refuse('/v/1/a', /reads cookies alone. Set "links" to true/, blockOf({ links: false }))
  refuse('/v/1/*', /a link is for one file/)
  refuse('/v/1/a*', /a link is for one file/)
  refuse('/v/1/', /is a folder, whose hash could be the cookie that opens all below/)
  refuse('/v/1/x/', /is a folder/)
  refuse('/', /is a folder/, blockOf({ scope: '/' }))
  refuse('/v/1', /no location of "\/v\/:id\/" answers \/v\/1$/)
  refuse('/img/a', /no location/)
  refuse('/hls/ab', /no location of "\/hls\/:name\*"/, blockOf({ scope: '/hls/:name*' }))
  t.doesNotThrow(() => refuseOddLink('nginx', blockOf(), grantOf('/v/1/a')))
  t.doesNotThrow(() =>
    refuseOddLink('nginx', blockOf({ scope: '/hls/:name*' }), grantOf('/hls/ab.ts'))
  )
  const wider = { url, target: { path: '/v/1/b', query: '' }, grant: grantOf('/v/1/a'), key }
  t.throws(() => writeLink('nginx', blockOf(), wider), { message: /a link is for one file/ })
})

t.test('reads the first argument of a name, whatever its case', async (t) => {
  t.equal(readArgument('a=1&MD5=x&md5=y', 'md5'), 'x')
  t.equal(readArgument('md5=x=y', 'Md5'), 'x=y')
  t.equal(readArgument('md5=', 'md5'), '')
  for (const query of ['', 'md5', 'xmd5=1', 'a=md5=1', 'a#&md5=1']) {
    t.equal(readArgument(query, 'md5'), undefined, query)
  }
})
