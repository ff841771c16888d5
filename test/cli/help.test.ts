import t from 'tap'
import { commands, helpOf, overview } from '../../src/cli/help.js'

t.test('names every command, with a line for each', async (t) => {
  const text = overview()
  for (const { name, summary } of commands) t.ok(text.includes(name) && text.includes(summary))
})

t.test('teaches each command with its options and examples, in 80 columns but for examples', async (t) => {
  for (const command of commands) {
    const [before = '', after = ''] = helpOf(command).split(/^Examples?:$/m)
    for (const { name } of command.options) t.match(before, `--${name}`)
    for (const line of before.split('\n')) t.ok(line.length <= 82, line)
    for (const example of command.examples) t.ok(after.includes(`  ${example}`))
    t.ok(
      command.examples.every((example) =>
        example.includes(`cdn-access ${command.name}`) || example.includes('|')
      )
    )
  }
  const [first] = commands
  t.match(helpOf({ ...first!, examples: ['one'] }), /^Example:$/m)
})
