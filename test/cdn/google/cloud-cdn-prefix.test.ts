import t from 'tap'
import { cdnPath } from '../../../src/cdn/cdn-path.js'
import { googleCloudCdn } from '../../../src/cdn/google/cloud-cdn.js'
import { ask, cloudKey, opensslHmac, outcome } from '../../fixtures/google.js'

const expiresAt = 1_549_751_401
const entry = { keyName: 'my-key', key: cloudKey }
const cdn = googleCloudCdn({ url: 'https://media.example.com', ...entry })
const key = cdn.parseKey(entry)

t.test('signs the beginning of a name, which opens every longer one too', async (t) => {
  const { path } = cdnPath.prefix`/videos/a`
  const text =
    `URLPrefix=${Buffer.from('https://media.example.com/videos/a').toString('base64url')}==` +
    `:Expires=${expiresAt}:KeyName=my-key`
  const padded = opensslHmac('sha1', cloudKey, text).toString('base64').replace(/\+/g, '-').replace(
    /\//g,
    '_'
  )
  t.strictSame(await cdn.sign({ paths: [path], expiresAt }, key), [
    { name: 'Cloud-CDN-Cookie', value: `${text}:Signature=${padded}`, path: '/videos/' }
  ])
  const { search } = new URL(
    await cdn.signUrl!({ path: '/videos/a.mp4', query: '' }, { paths: [path], expiresAt }, key)
  )
  const [cookie] = await cdn.sign({ paths: [path], expiresAt }, key)
  const cookies = { cookies: [['Cloud-CDN-Cookie', cookie!.value] as const] }
  for (
    const opened of ['/videos/a', '/videos/ab', '/videos/a/b', '/videos/a.mp4?x=1', '/videos/abc/d']
  ) {
    t.equal(outcome(await cdn.check(ask(opened, cookies), [key])), 'allowed', opened)
    const url = `${opened}${opened.includes('?') ? '&' : '?'}${search.slice(1)}`
    t.equal(outcome(await cdn.check(ask(url), [key])), 'allowed', url)
  }
  for (const other of ['/videos/', '/videos/b', '/videos/A', '/videos', '/videos/b/a']) {
    t.match(outcome(await cdn.check(ask(other, cookies), [key])), /^403 prefix/, other)
  }
  t.throws(() => cdn.plan({ paths: ['/videos/a*', '/videos/b*'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_OVERLAP'
  })
  t.throws(() => cdn.plan({ paths: ['/videos/a'], expiresAt }), {
    code: 'CDN_ACCESS_PATH_UNSUPPORTED',
    message: /every longer name as well.*cdnPath\.prefix`\/a` opens those names/
  })
})
