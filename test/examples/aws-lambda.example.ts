import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { installExample, typeErrors } from './project.js'

t.test('aws-lambda: an event of API Gateway is answered with a cookie in each place', async (t) => {
  const project = await installExample(t, 'aws-lambda')
  t.same(typeErrors(project, 'start.js', 'app.js', 'lambda.js'), [])
  const { statusCode, headers, body, cookies } = JSON.parse(await project.run('node', 'start.js'))
  t.equal(statusCode, 200)
  t.match(JSON.parse(body), { status: 'issued', expiresIn: Number, refreshIn: Number })
  t.equal(headers['cache-control'], 'private, no-store')
  const set = (cookies as string[]).filter((line) => !/^[^=]+=;/.test(line))
  t.same(set.map((line) => line.split('=', 1)[0]!).toSorted(), [
    'CloudFront-Hash-Algorithm',
    'CloudFront-Key-Pair-Id',
    'CloudFront-Policy',
    'CloudFront-Signature',
    '__Host-cdn-access'
  ])
  for (const line of set.filter((line) => line.startsWith('CloudFront'))) {
    t.match(line, 'Domain=example.com')
    t.match(line, 'Path=/users/ada')
    t.match(line, '; HttpOnly; Secure; SameSite=Lax')
  }

  const callWith = async (change: object): Promise<{ statusCode: number, body: string }> => {
    const event = JSON.parse(await readFile(join(project.folder, 'event.json'), 'utf8'))
    await writeFile(join(project.folder, 'own.json'), JSON.stringify({ ...event, ...change }))
    return JSON.parse(await project.run('node', 'start.js', 'own.json'))
  }
  const again = await callWith({ cookies: set.map((line) => line.split(';', 1)[0]) })
  t.match(again.body, /"status":"refreshed"/, 'cookies of an event are read: this key is a new one')
  const stranger = await callWith({ headers: { authorization: 'Bearer ben' } })
  t.equal(stranger.statusCode, 403)
  t.match(stranger.body, 'CDN_ACCESS_DENIED')
})
