import t from 'tap'
import { checkRevocation } from '../../../src/cdn/format/revocation.js'
import { verdict } from '../../../src/cdn/format/verdict.js'

const id = 'A'.repeat(22)

async function outcome (answer: (() => unknown) | undefined): Promise<string> {
  const revokedSince = answer === undefined ? undefined : async () => answer() as number
  const { status, checks } = await verdict(
    403,
    (list) => checkRevocation(list, { id, issuedAt: 100 }, revokedSince)
  )
  const last = checks.at(-1)
  return `${status} ${last?.code ?? last?.name ?? 'nothing'}`
}

t.test('refuses what was revoked, and what can not be known', async (t) => {
  t.equal(await outcome(undefined), '200 nothing')
  t.equal(await outcome(() => undefined), '200 revocation')
  t.equal(await outcome(() => 99), '200 revocation')
  t.equal(await outcome(() => 100), '403 revoked')
  t.equal(await outcome(() => 101), '403 revoked')
  for (const junk of [Number.NaN, null, '99', -1, 1.5]) {
    t.equal(await outcome(() => junk), '403 revocation-unreadable', String(junk))
  }
  t.equal(
    await outcome(() => {
      throw new Error('away')
    }),
    '503 revocation-unknown'
  )
})
