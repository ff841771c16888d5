import t from 'tap'
import { remember } from '../src/remember.js'

t.test('makes a text once, and again where others have come in its place', async (t) => {
  const made: string[] = []
  const shout = remember(2, (text) => {
    made.push(text)
    return text.toUpperCase()
  })
  t.same(['a', 'b', 'a', 'c', 'a', 'b'].map(shout), ['A', 'B', 'A', 'C', 'A', 'B'])
  t.same(made, ['a', 'b', 'c', 'b'], 'the one that was asked for longest ago has gone')
})

t.test('keeps nothing where it is to keep none', async (t) => {
  let made = 0
  const count = remember(0, (text) => {
    made++
    return text
  })
  t.same([count('a'), count('a'), made], ['a', 'a', 2])
})
