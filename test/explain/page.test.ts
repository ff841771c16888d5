import t from 'tap'
import { refusalPage } from '../../src/explain/page.js'

t.test('shows each check and note, and nothing that a browser would run', async (t) => {
  const page = refusalPage({
    cdn: 'cloudfront',
    allowed: false,
    status: 403,
    checks: [
      { name: 'path', ok: true, detail: 'Fine.' },
      {
        name: 'resource',
        ok: false,
        detail: 'For <script>alert(1)</script>.',
        code: 'path-outside',
        expected: '"/a/*"',
        found: '/b',
        fix: 'Grant it.'
      }
    ],
    notes: [{ code: 'sent-twice', detail: 'Twice.', fix: 'Clear one.' }]
  })
  t.match(page, '<td>✓<td>path<td>Fine.')
  t.match(page, '<p>code: path-outside</p>')
  t.match(page, '<p>expected: &#34;/a/*&#34;</p>')
  t.match(page, '<li>Twice. Clear one. <code>sent-twice</code>')
  t.notMatch(page, '<script')
  t.match(page, 'Not known here')
  const bare = refusalPage({ cdn: 'a', allowed: false, status: 401, checks: [] })
  t.notMatch(bare, '<h2>')
})
