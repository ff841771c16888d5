import t from 'tap'
import { commands } from '../../src/cli/help.js'
import { run } from '../../src/cli/run.js'
import { cli } from '../fixtures/command-line.js'

t.test('says what there is, to whoever asks and to whoever does not know', async (t) => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    t.match(await cli(argv), { code: 0, out: /Usage: cdn-access <command>/, err: '' })
  }
  t.match(await cli([]), { code: 2, out: /Usage/ })
  t.match(await cli(['explian']), { code: 2, out: '', err: /There is no command "explian"/ })
})

t.test('each command shows its help, and refuses what it does not know', async (t) => {
  for (const { name } of commands) {
    t.match(await cli([name, '--help']), { code: 0, out: `Usage: cdn-access ${name}`, err: '' })
    t.match(await cli([name, '--odd']), { code: 2, out: '', err: /Unknown option '--odd'/ })
  }
})

t.test('an error of the package is told with its code, and another one is thrown', async (t) => {
  const env = { CDN_ACCESS_CDN: 'akamai', CDN_ACCESS_URL: 'ftp://x', CDN_ACCESS_PRIVATE_KEY: 'x' }
  t.match(await cli(['sign', 'akamai', '/*'], { env }), {
    code: 2,
    err: /its scheme must be https or http[^]*\(CDN_ACCESS_URL_INVALID\)/
  })
  const broken = cli(['inspect'], {
    readInput: async () => {
      throw new TypeError('broken')
    }
  })
  await t.rejects(broken, new TypeError('broken'))
  t.type(run, 'function')
})
