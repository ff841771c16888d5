import t from 'tap'
import { cdnPath, type Authorization, type Cdn, type CdnKey } from '../../src/index.js'
import {
  createViewer,
  fixedClock,
  keys,
  media,
  startApi,
  startSeconds,
  valueOf,
  type Reply
} from '../fixtures/site.js'

/** The CDN of the tests, with a `sign` that can wait, fail and be counted. */
function watched (): {
  cdn: Cdn
  signed: number[]
  hold: () => () => void
  fail: (error: unknown) => void
} {
  const real = media()
  const signed: number[] = []
  let gate: Promise<void> = Promise.resolve()
  let failure: unknown
  return {
    signed,
    hold: () => {
      let open = (): void => undefined
      gate = new Promise((resolve) => {
        open = resolve
      })
      return open
    },
    fail: (error) => {
      failure = error
    },
    cdn: {
      ...real,
      sign: async (grant, key) => {
        signed.push(grant.expiresAt)
        await gate
        if (failure !== undefined) throw failure
        return real.sign(grant, key)
      }
    }
  }
}

t.test('joins equal signings under way', async (t) => {
  const { cdn, signed, hold } = watched()
  const app = await startApi(fixedClock(), { cdn, authorize: () => [cdnPath`/a/*`] })
  signed.length = 0
  const open = hold()
  const replies = Promise.all(Array.from({ length: 20 }, () => createViewer().ask(app)))
  await new Promise((resolve) => {
    setTimeout(resolve, 50)
  })
  open()
  t.equal(new Set((await replies).map((reply) => valueOf(reply, 'CloudFront-Signature'))).size, 1)
  t.equal(signed.length, 1)
})

t.test('does not keep what failed, nor what is bound to one viewer', async (t) => {
  const { cdn, signed, fail } = watched()
  let grant: Authorization = [cdnPath`/a/*`]
  const app = await startApi(fixedClock(), { cdn, authorize: () => grant })
  signed.length = 0
  fail(new Error('the signer is out'))
  t.match(await createViewer().ask(app), {
    status: 500,
    body: {
      code: 'CDN_ACCESS_SIGN_FAILED',
      message: 'The CDN "cloudfront" could not sign: its signer failed with Error'
    },
    setCookie: []
  })
  fail(undefined)
  t.equal((await createViewer().ask(app)).status, 200)
  t.equal(signed.length, 2)

  grant = { paths: [cdnPath`/a/*`], ip: '203.0.113.1' }
  await createViewer().ask(app)
  await createViewer().ask(app)
  t.equal(signed.length, 4)
  t.equal(app.cdnAccess.stats().cached, 1)
})

t.test('signs the next step before it begins, for a grant that is asked for again', async (t) => {
  const { cdn, signed } = watched()
  const clock = fixedClock()
  const app = await startApi(clock, { cdn, authorize: () => [cdnPath`/a/*`] })
  signed.length = 0
  await createViewer().ask(app)
  clock.advance(21)
  await createViewer().ask(app)
  t.equal(signed.length, 1, 'the next step is still far')
  clock.advance(1)
  await createViewer().ask(app)
  await createViewer().ask(app)
  t.same(signed.map((expiry) => expiry - signed[0]!), [0, 30])
  clock.advance(8)
  await createViewer().ask(app)
  t.equal(signed.length, 2, 'what the new step needs is there')
})

t.test('signs ahead in a full memory without losing what the step still needs', async (t) => {
  const { cdn, signed } = watched()
  const clock = fixedClock()
  const app = await startApi(clock, { cdn, cacheSize: 2 })
  const askAll = async (): Promise<void> => {
    for (const user of ['a', 'b', 'a', 'b']) await createViewer({ 'x-user': user }).ask(app)
  }
  signed.length = 0
  await askAll()
  t.equal(signed.length, 2)
  clock.advance(29)
  await askAll()
  t.equal(signed.length, 4, 'the next step of each')
  clock.advance(1)
  await askAll()
  t.equal(signed.length, 4, 'which is there when it begins')
  t.equal(app.cdnAccess.stats().cached, 2)
})

t.test('keeps grants apart that live shorter, or end at a moment of their own', async (t) => {
  const { cdn, signed } = watched()
  const clock = fixedClock()
  const ends = Math.floor(clock.now() / 1000) + 200
  const details: Record<string, object> = {
    long: {},
    short: { ttl: 300 },
    end: { until: ends },
    sooner: { until: ends - 50 },
    soonest: { until: ends - 100 }
  }
  const app = await startApi(clock, {
    cdn,
    authorize: ({ headers }) => ({ paths: [cdnPath`/a/*`], ...details[String(headers['x-user'])] })
  })
  signed.length = 0
  for (let round = 0; round < 2; round++) {
    for (const user of Object.keys(details)) await createViewer({ 'x-user': user }).ask(app)
  }
  t.equal(new Set(signed).size, 5)
  t.equal(signed.length, 5, 'each was signed once')
})

t.test('leaves a next step that has no key, or fails, to the request that needs it', async (t) => {
  const { cdn, signed, fail } = watched()
  const clock = fixedClock()
  const parseKey = (entry: unknown): CdnKey => ({
    ...cdn.parseKey(entry),
    notAfter: Math.floor(clock.now() / 1000) + 600
  })
  const app = await startApi(clock, { cdn: { ...cdn, parseKey }, authorize: () => [cdnPath`/a/*`] })
  signed.length = 0
  await createViewer().ask(app)
  clock.advance(29)
  t.equal((await createViewer().ask(app)).status, 200)
  t.equal(signed.length, 1)

  const other = await startApi(clock, { cdn, authorize: () => [cdnPath`/b/*`] })
  signed.length = 0
  await createViewer().ask(other)
  fail(new Error('out'))
  t.equal((await createViewer().ask(other)).status, 200)
  t.equal(signed.length, 2)
})

t.test('keeps no more than it is told to, and once it is full only what comes again', async (t) => {
  for (
    const [cacheSize, cached, expected] of [[2, 2, [0, 1, 0]], [0, 0, [1, 1, 1]], [3, 3, [
      0,
      0,
      0
    ]]] as const
  ) {
    const { cdn, signed } = watched()
    const app = await startApi(fixedClock(), { cdn, cacheSize })
    for (const user of ['a', 'b', 'c']) await createViewer({ 'x-user': user }).ask(app)
    t.equal(app.cdnAccess.stats().cached, cached)
    const counts = []
    for (const user of ['a', 'c', 'c']) {
      signed.length = 0
      await createViewer({ 'x-user': user }).ask(app)
      counts.push(signed.length)
    }
    t.same(counts, expected)
  }
})

t.test('sheds load once a thousand grants wait, and takes it again after', async (t) => {
  const { cdn, hold } = watched()
  const app = await startApi(fixedClock(), { cdn })
  const open = hold()
  const ask = (user: number): Promise<number> =>
    app.inject({ url: '/cdn-access', headers: { host: 'api.example.com', 'x-user': String(user) } })
      .then((reply) => reply.statusCode)
  const waiting = Array.from({ length: 1000 }, (_, user) => ask(user))
  await new Promise((resolve) => {
    setTimeout(resolve, 50)
  })
  const shed = await createViewer({ 'x-user': 'late' }).ask(app)
  t.match(shed, {
    status: 503,
    body: { code: 'CDN_ACCESS_BUSY', retryIn: 1 },
    headers: { 'retry-after': '1' },
    setCookie: []
  })
  open()
  t.same([...new Set(await Promise.all(waiting))], [200])
  t.equal(
    (await createViewer({ 'x-user': 'late' }).ask(app)).status,
    200,
    'what was shed is not remembered'
  )
})

t.test('gives up a signer that does not answer, and has its places again', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => {
    clearInterval(alive)
  })
  const real = media()
  let answers = false
  const cdn: Cdn = {
    ...real,
    sign: (grant, key) => answers ? real.sign(grant, key) : new Promise(() => undefined),
    check: async () => ({ allowed: true, status: 200, checks: [] }),
    keys: [],
    parseKey: real.parseKey
  }
  const key = { keyPairId: 'KONE', privateKey: keys.privateKey }
  answers = true
  const app = await startApi(fixedClock(), {
    cdn: { ...cdn, keys: [key] },
    signTimeout: '1s',
    authorize: ({ headers }) => [cdnPath`/${String(headers['x-user'])}/*`]
  })
  answers = false
  const ask = (user: number): Promise<Reply> => createViewer({ 'x-user': String(user) }).ask(app)
  const replies = await Promise.all(Array.from({ length: 1001 }, (_, index) => ask(index)))
  const codes = new Map<string, number>()
  for (const { status, body } of replies) {
    t.equal(status, 503)
    const code = String(body['code'])
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  t.same(Object.fromEntries(codes), { CDN_ACCESS_BUSY: 1, CDN_ACCESS_SIGN_TIMEOUT: 1000 })
  answers = true
  t.equal((await ask(7)).status, 200)
})

t.test('keeps no line whose Max-Age outlasts its signature by more than a step', async (t) => {
  const clock = fixedClock()
  const until = startSeconds + 900
  const app = await startApi(clock, {
    authorize: ({ headers }) => ({
      paths: [cdnPath`/a/*`],
      until,
      ...(headers['x-user'] === 'short' ? { ttl: '5m' } : {})
    })
  })
  for (let seconds = 0; seconds < 900; seconds += 7) {
    for (const user of ['long', 'short']) {
      const { body, setCookie } = await createViewer({ 'x-user': user }).ask(app)
      const maxAge = Number(/Max-Age=(\d+)/.exec(setCookie[0]!)![1])
      const over = maxAge - Number(body.expiresIn)
      t.ok(over >= 0 && over < 30, `${user} after ${seconds} s: ${maxAge}`)
    }
    clock.advance(7)
  }
})
