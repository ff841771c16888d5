import t from 'tap'
import { seeded } from '../fixtures/seeded.js'
import { seeds } from '../fixtures/property.js'
import { settle } from './device.js'
import { happen, World } from './model.js'

t.setTimeout(3_600_000)

/** With `PROPERTY_RUNS=20` more than 100,000. */
const events = 100
const runs = 60
/** Seeds that failed once. */
const known: number[] = []

let unhandled: unknown
process.on('unhandledRejection', (reason) => {
  unhandled = reason
})

for (const seed of [...known, ...seeds(runs)]) {
  t.test(`whatever happens, the client is honest, calm and alive: seed ${seed}`, async (t) => {
    const draw = seeded(seed)
    for (let skipped = 0; skipped < 9; skipped++) draw(2)
    const world = new World(t, draw)
    const log: string[] = []
    for (let index = 0; index < events; index++) {
      log.push(await happen(world, draw))
      const faults = world.faults()
      if (faults.length > 0) {
        t.fail(faults.join(), { seed, index, log: log.slice(-20) })
        return
      }
    }
    const before = world.tabs.map(({ page }) => page.access.state)
    const after = await world.heal()
    const lost = after.filter((state) => !['fresh', 'denied', 'idle'].includes(state))
    t.strictSame(lost, [], `from ${before.join()}`)
    t.strictSame(world.faults(), [])
    t.strictSame(world.tabs.map(({ pending }) => pending).filter(Boolean), [], 'no call hangs')
    for (const { page } of world.tabs) page.access.stop()
    await settle()
    t.equal(world.device.channels.size, 0)
    t.strictSame(world.tabs.map(({ timers }) => timers.size).filter(Boolean), [])
    t.strictSame(world.tabs.map(({ page }) => page.listeners()).filter(Boolean), [])
    t.equal(unhandled, undefined)
  })
}
