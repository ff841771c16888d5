import t from 'tap'
import { Revocations } from '../../runtimes/cloudflare-worker.js'
import { edgeId } from '../fixtures/edge-tokens.js'

const id = edgeId.toString('base64url')

interface Shelf {
  readonly kept: Map<string, string>
  put(text: string): Promise<number>
  get(): Promise<string | undefined>
}

function shelf (): Shelf {
  const kept = new Map<string, string>()
  const object = new Revocations({
    storage: {
      get: async (key: string) => kept.get(key),
      put: async (key: string, value: string) => {
        kept.set(key, value)
      },
      delete: async (keys: string[]) => {
        for (const key of keys) kept.delete(key)
      },
      list: async () => kept,
      getAlarm: async () => null,
      setAlarm: async () => undefined
    }
  })
  const url = `https://revocations/${id}`
  return {
    kept,
    put: async (body) => (await object.fetch(new Request(url, { method: 'PUT', body }))).status,
    get: async () => {
      const reply = await object.fetch(new Request(url))
      return reply.status === 204 ? undefined : reply.text()
    }
  }
}

t.test('an object keeps the later of both times, whichever revocation comes last', async (t) => {
  const { put, get } = shelf()
  t.equal(await get(), undefined)
  const held = ['50.900', '40.100', '60.300', '60.200', '55.950']
  const now: Array<string | undefined> = []
  for (const text of held) {
    t.equal(await put(text), 204)
    now.push(await get())
  }
  t.same(now, ['50.900', '50.900', '60.900', '60.900', '60.950'])
})

t.test('what is no revocation is written over', async (t) => {
  const { kept, put, get } = shelf()
  kept.set(id, 'junk')
  t.equal(await get(), 'junk')
  t.equal(await put('7.8'), 204)
  t.equal(await get(), '7.8')
})
