import t from 'tap'
import { lengthThatBlowsUp } from '../../src/testing/growth.js'

/** Keeps the processor busy for so many steps. */
function spin (steps: number): number {
  let sum = 0
  for (let step = 0; step < steps; step++) sum = (sum + step) | 0
  return sum
}

t.test('finds where time blows up', async (t) => {
  const within = async (power: (length: number) => number): Promise<number | undefined> =>
    lengthThatBlowsUp(async (length) => {
      spin(power(length))
    })
  const exponential = await within((length) => 2 ** length)
  t.ok(exponential !== undefined && exponential >= 16 && exponential <= 30, `${exponential}`)
  const fourth = await within((length) => length ** 4 / 24)
  t.ok(fourth !== undefined && fourth <= 1024, `${fourth}`)
})

t.test('says nothing of what is linear or the square', async (t) => {
  t.equal(await lengthThatBlowsUp(async (length) => void spin(length * 1000)), undefined)
  t.equal(await lengthThatBlowsUp(async (length) => void spin(length ** 2 / 2)), undefined)
})

t.test('measures again what a busy machine made slow', async (t) => {
  let calls = 0
  t.equal(
    await lengthThatBlowsUp(async (length) => {
      if (length === 30 && calls++ === 0) spin(3e8)
    }),
    undefined
  )
  t.equal(calls, 4, 'three times more')
})
