import t from 'tap'
import { cdnPath, memoryRevocations, type RevocationEdge } from '../../src/index.js'
import { seeds } from '../fixtures/property.js'
import { seeded } from '../fixtures/seeded.js'
import { createViewer, fixedClock, mediaUrl, type Viewer } from '../fixtures/site.js'
import { fragileStore, startAskingEdge, startRevocableApi } from '../fixtures/revocation-site.js'

const users = ['ada', 'bob'] as const
type User = typeof users[number]

const fileOf = (user: User): string => `/u/${user}/a.mp4`

/** What was issued to a user, as somebody could have copied it. */
interface Copy {
  readonly user: User
  readonly cookie: string
  /** How often the user had been revoked. */
  readonly age: number
}

t.test('no token passes and no ticket is fresh that was issued before a revocation', async (t) => {
  const said: Record<string, number> = {}
  const note = (what: string): void => {
    said[what] = (said[what] ?? 0) + 1
  }
  for (const seed of seeds(15)) {
    const next = seeded(seed * 97)
    const clock = fixedClock()
    const store = fragileStore(memoryRevocations())
    let edgeFails = false
    const told: RevocationEdge = {
      name: 'far',
      revoke: () => edgeFails ? Promise.reject(new Error('away')) : Promise.resolve()
    }
    const rights = new Set<string>(users)
    const app = await startRevocableApi(clock, store, {
      authorize: ({ headers }) => {
        const user = String(headers['x-user'])
        return rights.has(user) && [cdnPath`/u/${user}/*`]
      },
      revocation: { id: ({ headers }) => headers['x-user']?.toString(), store, edges: [told] }
    })
    const edge = await startAskingEdge(clock, store)
    const viewers = users.flatMap((user): Array<{ user: User, viewer: Viewer }> =>
      [1, 2].map(() => ({ user, viewer: createViewer({ 'x-user': user }) }))
    )
    const ages: Record<User, number> = { ada: 0, bob: 0 }
    const held = new Map<Viewer, number>()
    const copies: Copy[] = []

    for (let step = 0; step < 30; step++) {
      const what = `seed ${seed}, step ${step}`
      if (next(3) === 0) clock.advance(next(4) === 0 ? next(400) : next(3))
      store.away = next(8) === 0
      edgeFails = next(6) === 0
      const { user, viewer } = viewers[next(viewers.length)]!
      const turn = next(10)
      let made: Copy | undefined
      if (turn === 0) {
        if (rights.has(user)) rights.delete(user)
        else rights.add(user)
        continue
      }
      if (turn <= 3) {
        const code = await app.cdnAccess.revoke(user).then(
          () => 'revoked',
          (error: { code: string }) => error.code
        )
        note(code)
        const wanted = store.away
          ? 'CDN_ACCESS_REVOCATION_UNAVAILABLE'
          : edgeFails
          ? 'CDN_ACCESS_REVOCATION_INCOMPLETE'
          : 'revoked'
        t.equal(code, wanted, what)
        if (!store.away) ages[user]++
      } else {
        const method = (['GET', 'GET', 'GET', 'POST', 'DELETE'] as const)[next(5)]!
        const reply = await viewer.ask(app, method)
        const said = reply.body['status']
        const status = typeof said === 'string' ? said : `${reply.status}`
        note(status)
        if (method === 'DELETE') {
          t.equal(reply.status, 204, what)
        } else {
          const wanted = !rights.has(user) ? 403 : store.away ? 503 : 200
          t.equal(reply.status, wanted, `${what}: ${method}`)
        }
        if (status === 'fresh') t.equal(held.get(viewer), ages[user], `${what}: fresh`)
        if (status === 'issued' || status === 'refreshed') {
          held.set(viewer, ages[user])
          made = { user, age: ages[user], cookie: viewer.cookies(mediaUrl + fileOf(user)) }
          copies.push(made)
        }
      }
      store.away = false
      for (const copy of copies.slice(-6)) {
        const { statusCode } = await edge.inject({
          url: fileOf(copy.user),
          headers: { cookie: copy.cookie }
        })
        const current = copy.age === ages[copy.user]
        if (!current) t.equal(statusCode, 403, `${what}: revoked`)
        else if (copy === made) t.equal(statusCode, 200, `${what}: new`)
        note(`edge ${statusCode}`)
      }
    }
    await app.close()
    await edge.close()
  }
  for (
    const outcome of [
      'revoked',
      'CDN_ACCESS_REVOCATION_UNAVAILABLE',
      'CDN_ACCESS_REVOCATION_INCOMPLETE',
      'issued',
      'refreshed',
      'fresh',
      '204',
      '403',
      '503',
      'edge 200',
      'edge 403'
    ]
  ) t.ok(said[outcome]! > 0, `${outcome}: ${JSON.stringify(said)}`)
})
