import t from 'tap'
import type { EntryFields, SecretVersion } from '../../../src/key-ring/aws/secret-version.js'
import { stagedEntries } from '../../../src/key-ring/aws/staged-entries.js'

const never = 99_999_999_999
const created = 1000
const key = (id: string, more: object = {}): EntryFields => ({ id, key: `of ${id}`, ...more })
const version = (...entries: EntryFields[]): SecretVersion => ({
  id: 'v',
  createdAt: created,
  entries
})
const later = (id: string, more: object = {}): EntryFields => key(id, { ...more, notBefore: never })

t.test('stands AWSPREVIOUS before AWSCURRENT until this has settled', async (t) => {
  const versions = {
    current: version(key('2')),
    previous: version(key('1')),
    pending: version(key('3'))
  }
  t.strictSame(stagedEntries(versions, created - 1), [key('1'), key('2'), later('3')])
  t.strictSame(stagedEntries(versions, created), [key('2'), later('1'), later('3')])
})

t.test('does with what is there', async (t) => {
  const current = version(key('2'), key('1'))
  const pending = version(key('3'))
  for (const at of [created - 1, created]) {
    t.strictSame(stagedEntries({ current }, at), [key('2'), key('1')])
    t.strictSame(stagedEntries({ current, pending }, at), [key('2'), key('1'), later('3')])
  }
})

t.test('takes a key in several versions once, as AWSCURRENT has it', async (t) => {
  const ending = key('1', { notAfter: 2000 })
  const versions = {
    current: version(key('2'), ending),
    previous: version(key('1'), key('0')),
    pending: version({ key: 'of 2', id: '2' }, key('0'), key('3'), key('3'))
  }
  t.strictSame(stagedEntries(versions, created - 1), [ending, key('0'), key('2'), later('3')])
  t.strictSame(stagedEntries(versions, created), [key('2'), ending, later('0'), later('3')])
})

t.test('of a key that one version has twice the first counts, settled or not', async (t) => {
  const current = version(key('1'), key('1', { notAfter: 900 }))
  const previous = version(key('1', { notAfter: 800 }), key('0'))
  t.strictSame(stagedEntries({ current, previous }, created - 1), [key('1'), key('0')])
  t.strictSame(stagedEntries({ current, previous }, created), [key('1'), later('0')])
})

t.test('keeps a key that only verifies until its own end', async (t) => {
  const versions = { current: version(key('2')), previous: version(key('1', { notAfter: 5000.5 })) }
  t.strictSame(stagedEntries(versions, created), [
    key('2'),
    key('1', { notAfter: 5000.5, notBefore: 4999 })
  ])
})
