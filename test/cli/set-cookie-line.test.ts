import t from 'tap'
import { cookieOf } from '../../src/cli/set-cookie-line.js'

t.test('reads a line as a browser keeps it', async (t) => {
  t.same(
    cookieOf('a=b=c; Path=/v/; Domain=.Example.com; Secure; SameSite=None', 'api.example.com'),
    {
      cookie: {
        domain: 'example.com',
        below: true,
        path: '/v/',
        secure: true,
        endsAt: 0,
        name: 'a',
        value: 'b=c'
      },
      sameSite: 'none'
    }
  )
  t.match(cookieOf('a=; Max-Age=0', 'h'), {
    cookie: { domain: 'h', below: false, path: '/', secure: false, endsAt: 1 },
    sameSite: 'lax'
  })
  for (const host of ['localhost', 'a.localhost', '127.0.0.1']) {
    t.notOk(cookieOf('a=b; Secure', host).cookie.secure, host)
  }
})
