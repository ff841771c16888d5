import { Window } from 'happy-dom'
import { act, createElement, StrictMode, useEffect, type ReactElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import t, { type Test } from 'tap'
import { useCdnAccess, type CdnAccessView } from '../../src/react/react.js'

interface Page {
  readonly root: Root
  readonly requests: Array<
    { readonly method: string, readonly url: string, readonly headers: unknown }
  >
  render(element: ReactElement): Promise<void>
}

const wait = async (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })

let status = 200

/** A page with an API in it. */
function openPage (t: Test): Page {
  const window = new Window({ url: 'https://www.example.com/' })
  const requests: Page['requests'] = []
  const globals = {
    window,
    document: window.document,
    IS_REACT_ACT_ENVIRONMENT: true,
    addEventListener: window.addEventListener.bind(window),
    fetch: async (url: string, { method, headers }: { method: string, headers: unknown }) => {
      requests.push({ method, url, headers })
      const receipt = { status: 'fresh', expiresIn: 600, refreshIn: 450, expiresAt: 0 }
      return Response.json(receipt, { status })
    }
  }
  status = 200
  for (const [name, value] of Object.entries(globals)) {
    t.intercept(globalThis, name as never, { value })
  }
  const element = window.document.createElement('div')
  const root = createRoot(element as unknown as Element)
  const render = async (content: ReactElement): Promise<void> => {
    await act(async () => root.render(content))
    await act(async () => wait(20))
  }
  t.teardown(async () => {
    await render(createElement('p'))
    window.close()
  })
  return { root, requests, render }
}

const views: Record<string, CdnAccessView> = {}

function Part ({ name, url, token }: { name: string, url?: string, token?: string }): ReactElement {
  views[name] = useCdnAccess({
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { headers: () => ({ authorization: token }) })
  })
  return createElement('i', null, views[name].state)
}

t.test('several components share one access, in strict mode too', async (t) => {
  const { render, requests } = openPage(t)
  const parts = ['a', 'b', 'c'].map((name) => createElement(Part, { key: name, name }))
  await render(createElement(StrictMode, null, parts))
  t.equal(requests.length, 1)
  for (const name of ['a', 'b', 'c']) {
    t.equal(views[name]?.state, 'fresh')
    t.equal(views[name]?.access, views['a']?.access)
  }
})

t.test('stops with the last component, and starts again', async (t) => {
  const { render, requests } = openPage(t)
  const [a, b] = ['a', 'b'].map((name) => createElement(Part, { key: name, name }))
  await render(createElement('div', null, a, b))
  const { access } = views['a']!
  await render(createElement('div', null, b))
  t.equal(access?.state, 'fresh')
  await render(createElement('div'))
  t.equal(access?.state, 'idle')
  await render(createElement('div', null, a))
  t.equal(requests.length, 2)
  t.not(views['a']?.access, access)
})

t.test('each url is an access of its own', async (t) => {
  const { render, requests } = openPage(t)
  const urls = ['/cdn-access?course=1', '/cdn-access?course=2']
  await render(
    createElement('div', null, urls.map((url) => createElement(Part, { key: url, name: url, url })))
  )
  t.strictSame(
    requests.map(({ url }) => url).toSorted(),
    urls.map((url) => `https://www.example.com${url}`)
  )
})

t.test('asks with the headers that were rendered last', async (t) => {
  const { render, requests } = openPage(t)
  await render(createElement(Part, { name: 'a', token: 'one' }))
  await render(createElement(Part, { name: 'a', token: 'two' }))
  await act(async () => views['a']!.access!.refresh())
  t.strictSame(requests.map(({ headers }) => headers), [{ authorization: 'one' }, {
    authorization: 'two'
  }])
  await render(createElement(Part, { name: 'a' }))
  await act(async () => views['a']!.access!.refresh())
  t.strictSame(requests.at(-1)?.headers, {})
})

t.test('shows what failed until the next receipt', async (t) => {
  const { render } = openPage(t)
  await render(createElement(Part, { name: 'a' }))
  status = 503
  await act(async () => views['a']!.access!.refresh().catch(() => {}))
  t.match(views['a'], { state: 'fresh', error: { code: 'failed', status: 503 } })
  status = 200
  await act(async () => views['a']!.access!.refresh())
  t.match(views['a'], { state: 'fresh', error: undefined })
})

t.test('hands the access to effects', async (t) => {
  const { render } = openPage(t)
  const seen: unknown[] = []
  const Player = (): null => {
    const { access } = useCdnAccess()
    useEffect(() => {
      if (access !== undefined) seen.push(access)
    }, [access])
    return null
  }
  await render(createElement(Player))
  t.equal(seen.length, 1)
})

t.test('is idle on a server', async (t) => {
  t.match(renderToString(createElement(Part, { name: 'a' })), 'idle')
  t.equal(views['a']?.access, undefined)
})
