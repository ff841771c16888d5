import t from 'tap'
import { paintFor, printable, secondOf } from '../../src/cli/terminal.js'

t.test('colours on a terminal alone, and never with NO_COLOR', async (t) => {
  const paint = paintFor({ isTerminal: true, env: {} })
  t.equal(paint.good('a'), '\u001b[32ma\u001b[39m')
  t.equal(
    paint.bad('a') + paint.faint('b') + paint.strong('c'),
    '\u001b[31ma\u001b[39m\u001b[2mb\u001b[22m\u001b[1mc\u001b[22m'
  )
  const plain = [
    { isTerminal: false, env: {} },
    { isTerminal: true, env: { NO_COLOR: '1' } },
    { isTerminal: true, env: { TERM: 'dumb' } }
  ]
  for (const terminal of plain) t.equal(paintFor(terminal).good('a'), 'a')
  t.not(
    paintFor({ isTerminal: true, env: { NO_COLOR: '' } }).good('a'),
    'a',
    'empty counts as unset'
  )
})

t.test('shows what a terminal would obey', async (t) => {
  t.equal(printable('a\u001b[2Jb\nc\u202ed'), 'a\\u{1b}[2Jb\\u{a}c\\u{202e}d')
  t.equal(printable('Ünï'), 'Ünï')
})

t.test('reads the clock in whole seconds', async (t) => {
  t.equal(secondOf({ now: () => 1_800_000_000_999 }), 1_800_000_000)
})
