import { readFileSync, writeFileSync } from 'node:fs'
import Fastify from 'fastify'
import t from 'tap'
import { cli } from '../fixtures/command-line.js'
import { cliPage, schemas } from '../fixtures/cli-page.js'
import { url } from '../fixtures/situations.js'

const page = `${process.cwd()}/docs/cli.md`

t.test('the page of the command line is what the help and the commands say', async (t) => {
  const made = await cliPage()
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, made)
  t.equal(readFileSync(page, 'utf8'), made, 'UPDATE_DOCS=1 writes it anew')
})

t.test('what --json prints fits the schemas of the page', async (t) => {
  const env = {
    CDN_ACCESS_CDN: 'akamai',
    CDN_ACCESS_URL: url,
    CDN_ACCESS_PRIVATE_KEY: 'ab'.repeat(16),
    CDN_ACCESS_COOKIE_DOMAIN: 'example.com'
  }
  const token = `__token__=exp=9~acl=/*~hmac=${'a'.repeat(64)}`
  const app = Fastify()
  for (const [name, schema] of Object.entries(schemas)) {
    app.post(`/${name}`, { schema: { body: schema } }, async () => 'fits')
  }
  const runs = [
    ['explain', `${url}/a`, '--cookie', token],
    ['explain', `${url}/a`],
    ['inspect', `${url}/a`, '--cookie', token],
    ['inspect', '--cookie', 'a=b'],
    ['doctor']
  ]
  for (const argv of runs) {
    for (const own of [env, argv[0] === 'doctor' ? { ...env, CDN_ACCESS_TTL: '6' } : {}]) {
      const { out } = await cli([...argv, '--json'], { env: own })
      const payload = JSON.parse(out) as object
      const reply = await app.inject({ method: 'POST', url: `/${argv[0]}`, payload })
      t.equal(reply.body, 'fits', argv.join(' '))
    }
  }
})
