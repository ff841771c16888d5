import t from 'tap'
import { keptClient } from '../../../src/key-ring/aws/aws-client.js'

const client = { send: async () => ({}) }

t.test('takes the client that is given', async (t) => {
  const clientOf = keptClient({ client }, () => Promise.reject(new Error('not asked')))
  t.equal(await clientOf(), client)
})

t.test('makes one when it is first asked for, and keeps it', async (t) => {
  let made = 0
  const clientOf = keptClient({}, async () => {
    made++
    return client
  })
  t.equal(made, 0)
  await Promise.all([clientOf(), clientOf()])
  t.equal(await clientOf(), client)
  t.equal(made, 1)
})

t.test('tries again where it could not be made', async (t) => {
  let fails = true
  const clientOf = keptClient({}, async () => {
    if (fails) throw new Error('no package')
    return client
  })
  await t.rejects(clientOf(), { message: 'no package' })
  fails = false
  t.equal(await clientOf(), client)
})
