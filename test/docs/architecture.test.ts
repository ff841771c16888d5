import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { files, ground, importsOf, roomOf } from '../fixtures/rooms.js'

const page = readFileSync(`${process.cwd()}/docs/architecture.md`, 'utf8')

t.test('draws each arrow between rooms, and no other', async (t) => {
  const diagram = /```mermaid\nflowchart TD\n([\s\S]*?)```/.exec(page)![1]!
  const drawn = diagram.trim().split('\n').flatMap((line) => {
    const [from, to] = line.trim().split(' --> ')
    return to!.split(' & ').map((room) => `${from} --> ${room}`)
  })
  const found = files.flatMap((file) =>
    importsOf(file).map((target) => [roomOf(file), roomOf(target)] as const)
  ).filter(([from, to]) => from !== to && from !== 'index.ts' && !ground.includes(to)).map((
    arrow
  ) => arrow.join(' --> '))
  t.same(drawn.toSorted(), [...new Set(found)].toSorted())
})

t.test('names files that are there', async (t) => {
  const named = [...page.matchAll(/`([a-z-]+\/[a-z/-]+\.ts)`/g)].map((match) => match[1]!)
  t.ok(named.length > 15)
  t.same(named.filter((file) => !existsSync(`${process.cwd()}/src/${file}`)), [])
})
