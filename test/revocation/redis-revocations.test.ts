import t from 'tap'
import { redisRevocations } from '../../src/index.js'

/** Clients of each shape that hold one answer, and keep what they were asked. */
function clientsWith (answer: unknown): { asked: string[][], clients: object[] } {
  const asked: string[][] = []
  const send = async (args: readonly string[]): Promise<unknown> => {
    asked.push([...args])
    return answer
  }
  return {
    asked,
    clients: [
      // ioredis has both, and its sendCommand takes no array.
      {
        call: (...args: string[]) => send(args),
        sendCommand: () => Promise.reject(new Error('no'))
      },
      { sendCommand: send }
    ]
  }
}

t.test('asks clients of each kind the same', async (t) => {
  const { asked, clients } = clientsWith('1700000000.1700000720')
  for (const client of clients) {
    const store = redisRevocations({ client: client as never, prefix: 'p:' })
    t.equal(await store.since('abc'), 1_700_000_000)
    await store.revoke('abc', 5, 9)
  }
  t.same(asked[0], ['GET', 'p:abc'])
  t.match(asked[1], ['EVAL', /EXPIREAT/, '1', 'p:abc', '5', '9'])
  t.same(asked.slice(2), asked.slice(0, 2))
})

t.test('has a prefix of its own', async (t) => {
  const { asked, clients } = clientsWith(null)
  t.equal(await redisRevocations({ client: clients[1] as never }).since('abc'), undefined)
  t.same(asked, [['GET', 'cdn-access:revoked:abc']])
})

t.test('reads what a client answers in bytes, and takes nothing odd for a time', async (t) => {
  for (
    const [answer, since] of [
      [Buffer.from('5.9'), 5],
      ['junk', Number.NaN],
      ['', Number.NaN],
      [7, Number.NaN]
    ] as const
  ) {
    const { clients } = clientsWith(answer)
    t.same(await redisRevocations({ client: clients[0] as never }).since('abc'), since)
  }
})

t.test('refuses what is no client, by name', async (t) => {
  const words = 'Option "client" must be a client of ioredis, iovalkey or redis'
  for (const client of [undefined, null, 'redis://localhost', {}, { call: true }, []]) {
    t.throws(() => redisRevocations({ client: client as never }), {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: words
    })
  }
  t.throws(
    () => redisRevocations({ client: clientsWith(null).clients[0] as never, prefix: 7 as never }),
    {
      code: 'CDN_ACCESS_OPTION_INVALID',
      message: 'Option "prefix" must be a string, or left out'
    }
  )
  t.throws(() => redisRevocations({ url: 'redis://localhost' } as never), {
    code: 'CDN_ACCESS_OPTION_UNKNOWN',
    message: 'redisRevocations has no option "url": it takes client, prefix'
  })
})
