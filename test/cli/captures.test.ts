import { join } from 'node:path'
import t from 'tap'
import { readArguments } from '../../src/cli/arguments.js'
import type { Capture } from '../../src/cli/capture.js'
import { readCaptures } from '../../src/cli/captures.js'
import { commands } from '../../src/cli/help.js'

const explain = commands.find(({ name }) => name === 'explain')!
const url = 'https://media.example.com/v/1/a.png'
const har = JSON.stringify({
  log: {
    entries: [
      {
        request: { method: 'GET', url, headers: [{ name: 'cookie', value: 'a=1' }] },
        response: { status: 403 }
      },
      { request: { method: 'GET', url: `${url}?v=1` }, response: { status: 200 } }
    ]
  }
})
const jar = '# Netscape HTTP Cookie File\nmedia.example.com\tFALSE\t/\tFALSE\t0\ta\t1\n'

async function read (argv: readonly string[], input?: string): Promise<Capture[]> {
  return readCaptures(readArguments(argv, explain), {
    env: {},
    now: () => 1_800_000_000_000,
    isTerminal: false,
    out: () => {},
    err: () => {},
    readInput: async () => input
  })
}

t.test('takes cookies beside a URL, as they are pasted', async (t) => {
  t.same(await read([url, '--cookie', 'Cookie: a=1']), [{ method: 'GET', url, cookies: 'a=1' }])
  t.same(await read([url, '--method', 'HEAD']), [{ method: 'HEAD', url, cookies: undefined }])
})

t.test('takes each kind of file', async (t) => {
  const folder = t.testdir({ 'a.har': har, jar, curl: `curl '${url}' -b 'a=1'` })
  const wanted = [{ method: 'GET', url, cookies: 'a=1' }]
  t.match(await read(['--har', join(folder, 'a.har')]), wanted)
  t.match(await read(['--curl', join(folder, 'curl')]), wanted)
  t.match(await read([url, '--cookie-jar', join(folder, 'jar')]), wanted)
  t.same(await read(['--cookie-jar', join(folder, 'jar')]), [{
    method: 'GET',
    url: undefined,
    cookies: 'a=1'
  }])
  t.match(await read([url, '--cookie-jar', '-'], jar), wanted)
  t.match(await read(['--cookie-jar', '-'], undefined), [{ cookies: undefined }])
  const there = `${folder}/none`
  await t.rejects(read(['--har', there]), { message: 'The file of --har can\'t be read: ENOENT' })
})

t.test('recognises what is piped in', async (t) => {
  const wanted = [{ method: 'GET', url, cookies: 'a=1' }]
  t.match(await read([], har), wanted)
  t.match(await read([], `curl '${url}' -b 'a=1'`), wanted)
  t.match(await read([url, '-'], jar), wanted)
  t.match(await read([url, '-'], 'Cookie: a=1\n'), wanted)
  t.match(await read([], `${url}\nset-cookie: a=1; Path=/; Secure\nset-cookie: b=2\n`), [{
    url,
    cookies: 'a=1; b=2'
  }])
  t.match(await read([], `${url}\n`), [{ url, cookies: undefined }])
  t.match(await read([url], 'not looked at'), [{ url, cookies: undefined }])
})

t.test('takes of an archive what was refused, or what is named', async (t) => {
  t.match(await read([`${url}?v=1`, '-'], har), [{ url: `${url}?v=1`, status: 200 }])
  t.match(await read([url.replace('a.png', 'a.png'), '-'], har), [{ url }])
  const signed = har.replaceAll(`"${url}"`, `"${url}?Signature=x"`)
  t.match(await read([url, '-'], signed), [{ url: `${url}?Signature=x` }], 'without its query')
  await t.rejects(read(['https://h/', '-'], har), { message: /no request to this URL/ })
  const fine = har.replaceAll('403', '200')
  await t.rejects(read([], fine), { message: /was refused/ })
})

t.test('refuses what is too much or too little', async (t) => {
  await t.rejects(read([url, url]), { message: /More than one URL/ })
  await t.rejects(read([url, '--cookie', 'a=1', '--har', 'x']), { message: /from one place/ })
  for (const empty of ['', ' ', 'Cookie: ']) {
    await t.rejects(read([url, '--cookie', empty]), { message: /is the variable set/ })
  }
  for (const input of [undefined, ' \n']) {
    await t.rejects(read([], input), { message: /Nothing to look at/ })
  }
})
