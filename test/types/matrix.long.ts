import t from 'tap'
import { compile, nameOf, nodeTypes, pagesFor, serversWith } from './matrix.js'

t.test('compiles with each @types/node from the oldest to the newest', async (t) => {
  t.equal(nodeTypes.length, 4)
  for (const combination of [...nodeTypes.flatMap(serversWith), ...pagesFor('bundler')]) {
    t.same(compile(t.testdir(), combination), [], nameOf(combination))
  }
})
