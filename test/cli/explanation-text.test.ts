import t from 'tap'
import { explanationText } from '../../src/cli/explanation-text.js'
import { paintFor } from '../../src/cli/terminal.js'

const paint = paintFor({ isTerminal: false, env: {} })

t.test('shows a request, its checks and notes', async (t) => {
  const text = explanationText({
    capture: { method: 'GET', url: 'https://h/a?b', cookies: undefined },
    explanation: {
      allowed: false,
      status: 403,
      cdn: 'own',
      checks: [{ name: 'a', ok: true, detail: 'Fine.' }, {
        name: 'b',
        ok: false,
        detail: 'Odd\n.'
      }],
      notes: [{ code: 'c', detail: 'Also.', fix: 'Mend.' }],
      unknown: 'Who knows.'
    }
  }, paint)
  t.equal(
    text,
    `GET https://h/a?…
✗ refused with 403 by own
  ✓ a            Fine.
  ✗ b            Odd\\u{a}.
  ! also         Also. [c]
    fix          Mend.
Who knows.
`
  )
})
