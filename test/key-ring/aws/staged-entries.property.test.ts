import t from 'tap'
import { googleCloudCdn } from '../../../src/index.js'
import { awsSecret } from '../../../src/key-ring/aws/aws-secret.js'
import type { SecretAnswer } from '../../../src/key-ring/aws/secret-version.js'
import { openKeyRing, type KeyRing } from '../../../src/key-ring/key-ring.js'
import { quiet } from '../../fixtures/key-log.js'
import { seeds } from '../../fixtures/property.js'
import { seeded } from '../../fixtures/seeded.js'

const now = 1_800_000_000
const settle = 600
const life = 100
const secrets = [1, 2, 3, 4].map((byte) => Buffer.alloc(16, byte).toString('base64url'))

type Next = (limit: number) => number

interface Entry {
  readonly keyName: string
  readonly key: string
  readonly notAfter?: number
}

interface Version {
  readonly age: number
  readonly entries: readonly Entry[]
}

interface Stages {
  readonly AWSCURRENT: Version
  readonly AWSPREVIOUS: Version | undefined
  readonly AWSPENDING: Version | undefined
}

/** Of few names and keys, so that they meet in other versions; at times one that no ring takes. */
function entryOf (next: Next): Entry {
  const secret = next(secrets.length)
  return {
    keyName: `k${next(12) === 0 ? next(secrets.length) : secret}`,
    key: next(25) === 0 ? 'half a key' : secrets[secret]!,
    ...next(6) === 0 ? { notAfter: [0, now - 1, now + 50, now + 5000.5][next(4)]! } : {}
  }
}

function versionOf (next: Next): Version {
  const entries = Array.from({ length: 1 + next(2) }, () => entryOf(next))
  return { age: settle + [-500, -1, 0, 1][next(4)]!, entries }
}

function stagesOf (next: Next): Stages {
  const maybe = (): Version | undefined => next(4) === 0 ? undefined : versionOf(next)
  return { AWSCURRENT: versionOf(next), AWSPREVIOUS: maybe(), AWSPENDING: maybe() }
}

/** A client that answers as Secrets Manager does, without a network. */
function clientOf (stages: Stages): { send(command: object): Promise<SecretAnswer> } {
  return {
    send: async (command) => {
      const { VersionStage } = (command as { input: { VersionStage: keyof Stages } }).input
      const version = stages[VersionStage]
      if (version === undefined) {
        throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' })
      }
      const { age, entries } = version
      const SecretString = JSON.stringify(entries.length === 1 ? entries[0] : entries)
      return { VersionId: VersionStage, CreatedDate: new Date((now - age) * 1000), SecretString }
    }
  }
}

function open (stages: Stages): Promise<KeyRing> {
  const keys = awsSecret({ id: 'media', client: clientOf(stages), settle })
  const cdn = googleCloudCdn({ url: 'https://media.example.com', keys })
  return openKeyRing(cdn, { log: quiet, now: () => now, ttl: life })
}

/** True where one ring can hold all of these. */
function fit (entries: readonly Entry[]): boolean {
  return entries.every(({ keyName, key }) =>
    secrets.includes(key) &&
    entries.every((other) => other.keyName !== keyName || other.key === key)
  )
}

const verifies = ({ notAfter }: Entry): boolean => notAfter !== 0

/** What the rules say: the ids that are accepted, and the one that signs; undefined for no ring. */
function expectedOf (
  { AWSCURRENT: { age, entries: current }, AWSPREVIOUS, AWSPENDING }: Stages
): { signs: string | undefined, accepted: readonly string[] } | undefined {
  if (!fit(current)) return undefined
  const usable = (version: Version | undefined, beside: readonly Entry[]): readonly Entry[] =>
    version !== undefined && version.entries.every(verifies) && fit([...version.entries, ...beside])
      ? version.entries
      : []
  const previous = usable(AWSPREVIOUS, current)
  const pending = usable(AWSPENDING, [...current, ...previous])
  const firstOf = (name: string): Entry =>
    [...current, ...previous, ...pending].find(({ keyName }) => keyName === name)!
  const order = [...age < settle ? previous : [], ...current].map(({ keyName }) => keyName)
  const signs = order.find((name) => (firstOf(name).notAfter ?? Infinity) >= now + life)
  const all = new Set([...order, ...previous.map(nameOf), ...pending.map(nameOf)])
  const accepted = [...all].filter((name) => (firstOf(name).notAfter ?? Infinity) > now)
  return { signs, accepted: accepted.toSorted() }
}

function nameOf ({ keyName }: Entry): string {
  return keyName
}

function signerOf (ring: KeyRing): string | undefined {
  try {
    return ring.signingKey(now, now + life).key.id
  } catch {
    return undefined
  }
}

t.test('whatever the versions of a secret hold, AWSCURRENT works and the right key signs', async (t) => {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  t.teardown(() => {
    process.emitWarning = emitWarning
  })
  const counts = { refused: 0, previous: 0, none: 0, left: 0 }
  for (const seed of seeds(400)) {
    // The first numbers of neighbouring seeds are alike, and the later ones are not.
    const stages = stagesOf(seeded(seed * 7_919_777))
    const ring = await open(stages)
    const accepted = ring.accepted(now).map(({ id }) => id).toSorted()
    const expected = expectedOf(stages)
    const found = ring.report().keys.length === 0 ? undefined : { signs: signerOf(ring), accepted }
    ring.close()
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      t.strictSame(found, expected, `seed ${seed}: ${JSON.stringify(stages)}`)
    }
    const { AWSCURRENT, AWSPENDING } = stages
    if (expected === undefined) counts.refused++
    else if (expected.signs === undefined) counts.none++
    else if (!AWSCURRENT.entries.map(nameOf).includes(expected.signs)) counts.previous++
    if (AWSPENDING?.entries.every((entry) => !accepted.includes(nameOf(entry))) === true) {
      counts.left++
    }
  }
  t.ok(Object.values(counts).every((count) => count > 10), JSON.stringify(counts))
})
