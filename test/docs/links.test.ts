import { existsSync } from 'node:fs'
import t from 'tap'
import { anchorsOf, linksOf } from '../fixtures/links.js'
import { pages, readPage } from '../fixtures/pages.js'

t.test('every link leads to a page or a picture', async (t) => {
  for (const page of pages) {
    for (const { target } of linksOf(page)) {
      const leads = pages.includes(target) ||
        (/^LICENSE$|^SECURITY\.md$|\.svg$|^(?:examples|docs\/reference)\/.*\.md$/.test(target) &&
          existsSync(target))
      t.ok(leads, `${page} links to ${target}`)
    }
  }
})

t.test('every anchor is that of a heading', async (t) => {
  const anchored = pages.flatMap(linksOf).filter(({ anchor }) => anchor !== undefined)
  t.ok(anchored.length > 30)
  for (const { page, target, anchor } of anchored) {
    t.ok(anchorsOf(target).has(anchor!), `${page} links to ${target}#${anchor}`)
  }
})

t.test('the index leads to every page, and the README to the index', async (t) => {
  const linked = new Set(linksOf('docs/README.md').map(({ target }) => target))
  const missing = pages.filter((page) =>
    page.startsWith('docs/') && page !== 'docs/README.md' && !linked.has(page)
  )
  t.same(missing, [])
  t.ok(linksOf('README.md').some(({ target }) => target === 'docs/README.md'))
})

t.test('every page says what it is for before anything else, and what its limits are', async (t) => {
  for (const page of pages.filter((name) => name.startsWith('docs/'))) {
    const [title, first] = readPage(page).split('\n\n')
    t.match(title, /^# \S.*$/, page)
    t.match(first, /^[A-Z[`"].*[.:]$/s, `${page} begins with a sentence`)
  }
})
