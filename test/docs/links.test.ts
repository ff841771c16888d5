import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pages, readPage } from '../fixtures/pages.js'

/** What GitHub makes of the headings of a page. */
function anchorsOf (page: string): Set<string> {
  const text = readPage(page).replaceAll(/^```[\s\S]*?^```/gm, '')
  const anchors = new Set<string>()
  for (const [, heading] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading!.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`
    anchors.add(anchor)
  }
  return anchors
}

interface Link {
  page: string
  target: string
  anchor: string | undefined
}

/** The links of a page that lead to a file or to a heading, outside of code. */
function linksOf (page: string): Link[] {
  const text = readPage(page).replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(
    /``[^`].*?``|`[^`\n]*`/g,
    ''
  )
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, file, anchor]) => ({
    page,
    target: file === '' ? page : join(page, '..', file!),
    anchor
  }))
}

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
