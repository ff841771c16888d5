import t from 'tap'
import { compile, nameOf, nodeTypes, pagesFor, serversWith } from './matrix.js'

/** Newer ones call it otherwise: the types of keys are about to do without. */
const goneFromNode = /has no exported member 'JsonWebKey'/

t.test('compiles with each @types/node from the oldest to the newest', async (t) => {
  t.equal(nodeTypes.length, 4)
  for (const combination of [...nodeTypes.flatMap(serversWith), ...pagesFor('bundler')]) {
    const found = compile(t.testdir(), combination).filter((line) => !goneFromNode.test(line))
    t.same(found, [], nameOf(combination))
  }
})
