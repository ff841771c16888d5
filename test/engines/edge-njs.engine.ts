import t from 'tap'
import { functionText, runOf } from '../fixtures/cloudfront-events.js'
import { edgeCases } from '../fixtures/edge-cases.js'
import { hasSecretsAlone } from '../fixtures/edge-runs.js'
import { mutants } from '../fixtures/edge-mutants.js'
import { startNjs } from './njs.js'

const run = await startNjs(t, await functionText())

await t.test('a CloudFront function decides each case of the table as it says', async (t) => {
  const cases = edgeCases().filter(hasSecretsAlone)
  t.ok(cases.length > 100, `${cases.length} of ${edgeCases().length} have secrets alone`)
  const answers = await run(cases.map(runOf))
  for (const [index, { statusCode = 200, reads, thrown }] of answers.entries()) {
    const { name, status } = cases[index]!
    t.equal(thrown, undefined, name)
    t.equal(statusCode, status, name)
    t.ok(reads <= 3, `${name}: ${reads} reads`)
  }
})

await t.test('it opens to no mutant, and none makes it throw', async (t) => {
  const changed = mutants(3000)
  const answers = await run(changed)
  t.equal(answers.length, 3000)
  t.same(answers.filter(({ thrown }) => thrown !== undefined), [])
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [403])
})
