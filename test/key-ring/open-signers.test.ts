import { createPrivateKey } from 'node:crypto'
import { getEventListeners, setMaxListeners } from 'node:events'
import t from 'tap'
import { errors } from '../../src/index.js'
import { openSigners } from '../../src/key-ring/open-signers.js'
import { ecPkcs8 } from '../fixtures/keys.js'

const { signal } = new AbortController()
setMaxListeners(0, signal)
const signer = { sign: async () => Buffer.alloc(0), publicKey: 'PEM' }
const cdn = 'media'

t.test('opens each signer of an entry once, and leaves all else as it is', async (t) => {
  let opened = 0
  const seen: unknown[] = []
  const toOpen = {
    open: async (details: unknown) => {
      opened++
      seen.push(details)
      return signer
    }
  }
  const key = createPrivateKey(ecPkcs8)
  const entries = [
    { id: 'a', privateKey: toOpen },
    { id: 'b', privateKey: toOpen },
    { id: 'c', privateKey: key },
    { id: 'd', open: () => 'of a field', privateKey: signer },
    'odd',
    null
  ]
  const made = await openSigners(entries, cdn, signal)
  t.same(made.slice(0, 2), [{ id: 'a', privateKey: signer }, { id: 'b', privateKey: signer }])
  for (const index of [2, 3, 4, 5]) t.equal(made[index], entries[index])
  await openSigners([{ privateKey: toOpen }], cdn, signal)
  t.equal(opened, 1, 'a reload that yields the same object asks nobody')
  t.same(seen, [{ signal }])
  await openSigners([{ privateKey: { ...toOpen } }], cdn, signal)
  t.equal(opened, 2)
})

t.test('opens several at once', async (t) => {
  let waiting = 0
  let all: () => void = () => undefined
  const together = new Promise<void>((resolve) => {
    all = resolve
  })
  const toOpen = (): object => ({
    open: async () => {
      if (++waiting === 3) all()
      await together
      return signer
    }
  })
  const entries = [{ privateKey: toOpen() }, { privateKey: toOpen() }, { key: toOpen() }]
  t.equal((await openSigners(entries, cdn, signal)).length, 3)
})

t.test('tells of a failure its kind alone, keeps none, and lets its own errors through', async (t) => {
  let fault: unknown = Object.assign(new RangeError('a secret text'), { code: 'ECONNREFUSED' })
  const toOpen = {
    open: (): Promise<never> => {
      throw fault
    }
  }
  const open = (): Promise<unknown> => openSigners([{ privateKey: toOpen }], cdn, signal)
  await t.rejects(open(), {
    code: 'CDN_ACCESS_SIGNER_UNOPENED',
    message: 'The signer "privateKey" of "media" could not be opened: ' +
      'it failed with RangeError ECONNREFUSED'
  })
  fault = new errors.CDN_ACCESS_PEER_MISSING('awsKms', 'a', 'a')
  await t.rejects(open(), { code: 'CDN_ACCESS_PEER_MISSING' })
})

t.test('refuses what is no signer', async (t) => {
  for (const odd of [undefined, 'PEM', { sign: 'x', publicKey: 'PEM' }, { sign: signer.sign }]) {
    const entries = [{ key: { open: async () => odd } }]
    await t.rejects(openSigners(entries, cdn, signal), {
      code: 'CDN_ACCESS_SIGNER_UNOPENED',
      message: 'The signer "key" of "media" could not be opened: ' +
        'its "open" must yield { sign, publicKey }, where "sign" is a function'
    })
  }
})

t.test('listens once for its end, and keeps what was opened before it', async (t) => {
  const closing = new AbortController()
  let opened = 0
  const signers = Array.from({ length: 50 }, () => ({
    open: async () => {
      opened++
      return signer
    }
  }))
  const entries = signers.map((privateKey) => ({ privateKey }))
  await openSigners(entries, cdn, closing.signal)
  t.equal(getEventListeners(closing.signal, 'abort').length, 1)
  closing.abort()
  await new Promise(setImmediate)
  await openSigners(entries, cdn, signal)
  t.equal(opened, 50)
})

t.test('gives up where it is told to, and asks anew the next time', async (t) => {
  const givingUp = new AbortController()
  let opened = 0
  const toOpen = {
    open: () => {
      opened++
      return opened === 1 ? new Promise<never>(() => undefined) : Promise.resolve(signer)
    }
  }
  const stuck = openSigners([{ key: toOpen }], cdn, givingUp.signal)
  givingUp.abort()
  await t.rejects(stuck, {
    code: 'CDN_ACCESS_SIGNER_UNOPENED',
    message: 'The signer "key" of "media" could not be opened: it does not answer in time'
  })
  t.same(await openSigners([{ key: toOpen }], cdn, signal), [{ key: signer }])
})
