import t from 'tap'
import { readArguments, textOf } from '../../src/cli/arguments.js'
import { commands } from '../../src/cli/help.js'
import { UsageError } from '../../src/cli/usage-error.js'

const sign = commands.find(({ name }) => name === 'sign')!

t.test('reads positionals, texts and flags', async (t) => {
  const given = readArguments(['cloudfront', '/a', '--ttl', '1h', '--url'], sign)
  t.same(given.positionals, ['cloudfront', '/a'])
  t.equal(textOf(given, 'ttl'), '1h')
  t.equal(textOf(given, 'ip'), undefined)
  t.ok(given.flags.has('url'))
  t.notOk(given.flags.has('help'))
})

t.test('refuses a key as an argument, whatever it is called, and does not repeat it', async (t) => {
  for (
    const flag of ['--key', '--private-key', '--privateKey', '--secret', '--passphrase', '-key']
  ) {
    for (const argv of [[flag, 'geheim'], [`${flag}=geheim`]]) {
      t.throws(() => readArguments(argv, sign), UsageError)
      const { message } = caught(argv)
      t.match(message, `${flag} is refused: a signing key is never given as an argument`)
      t.notMatch(message, 'geheim')
    }
  }
})

t.test('refuses an option that is not there, that lacks its value, or is given twice', async (t) => {
  t.equal(caught(['--odd=1']).message, 'Unknown option \'--odd\'')
  t.match(caught(['--ttl']).message, /argument missing/)
  t.throws(() => textOf(readArguments(['--ttl', '1', '--ttl', '2'], sign), 'ttl'), {
    message: '--ttl is given 2 times'
  })
})

function caught (argv: readonly string[]): Error {
  try {
    readArguments(argv, sign)
  } catch (error) {
    return error as Error
  }
  throw new Error('It was taken')
}
