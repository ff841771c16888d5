import t from 'tap'
import { refusalFixes } from '../../src/cdn/refusal-codes.js'

t.test('each code is words with hyphens, and each fix a sentence', async (t) => {
  for (const [code, fix] of Object.entries(refusalFixes)) {
    t.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/)
    t.match(fix, /^[A-Z"].*\.$/s, code)
  }
  t.equal(new Set(Object.values(refusalFixes)).size, Object.keys(refusalFixes).length)
})
