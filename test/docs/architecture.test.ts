import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { files, ground, importsOf, roomOf } from '../fixtures/rooms.js'

const page = readFileSync(`${process.cwd()}/docs/architecture.md`, 'utf8')

const found = new Map<string, Set<string>>()
for (const file of files) {
  const room = roomOf(file)
  const targets = importsOf(file).map(roomOf).filter((target) =>
    target !== room && !ground.includes(target)
  )
  if (room === 'index.ts' || targets.length === 0) continue
  found.set(room, new Set([...found.get(room) ?? [], ...targets]))
}

/** All rooms that arrows lead to, at once or by way of others. */
function reached (room: string): string[] {
  const targets = [...found.get(room) ?? []]
  return targets.concat(targets.flatMap((target) => reached(target)))
}

const pairs = (room: string, targets: Iterable<string>): string[] =>
  [...targets].map((target) => `${room} --> ${target}`)

t.test('lists what each room imports, and nothing else', async (t) => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (`.+`) \|$/gm)]
  const listed = rows.flatMap(([, room, targets]) =>
    pairs(room!, targets!.split(', ').map((target) => target.slice(1, -1)))
  )
  t.same(
    listed.toSorted(),
    [...found].flatMap(([room, targets]) => pairs(room, targets)).toSorted()
  )
})

t.test('draws each arrow that does not follow from others, and no other', async (t) => {
  const diagram = /```mermaid\nflowchart TD\n([\s\S]*?)```/.exec(page)![1]!
  const drawn = diagram.trim().split('\n').flatMap((line) => {
    const [room, targets] = line.trim().split(' --> ')
    return pairs(room!, targets!.split(' & '))
  })
  const needed = [...found].flatMap(([room, targets]) => {
    const beyond = new Set([...targets].flatMap((target) => reached(target)))
    return pairs(room, [...targets].filter((target) => !beyond.has(target)))
  })
  t.same(drawn.toSorted(), needed.toSorted())
})

t.test('names files that are there', async (t) => {
  const named = [...page.matchAll(/`([a-z-]+\/[a-z/-]+\.ts)`/g)].map((match) => match[1]!)
  t.ok(named.length > 15)
  t.same(named.filter((file) => !existsSync(`${process.cwd()}/src/${file}`)), [])
})
