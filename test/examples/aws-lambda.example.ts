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
  }
})
