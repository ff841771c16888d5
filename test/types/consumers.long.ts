import t from 'tap'
import { compile, nameOf, pagesFor, serversWith } from './matrix.js'

t.test('compiles for consumers that check the types of libraries', async (t) => {
  for (const combination of [...serversWith('@types/node'), ...pagesFor('nodenext')]) {
    t.same(compile(t.testdir(), combination), [], nameOf(combination))
  }
})
