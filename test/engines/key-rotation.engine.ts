import { randomBytes } from 'node:crypto'
import { rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { CookieJar } from 'tough-cookie'
import { startNginx, startReloadingNginx, writeFiles, type NginxConfig } from './nginx.js'
import { freePort, scratchFolder, startProgram } from './program.js'
import { send } from './request.js'

const seconds = Number(process.env['ROTATION_SECONDS'] ?? 60)
const stepMilliseconds = 2000
const viewers = 8

const folder = await scratchFolder(t)
const files = await writeFiles(t)
const file = join(folder, 'keys.json')
const secrets: string[] = []
/** The servers that the last configuration brought, beside the one that viewers ask. */
let asking = ''

/** The secret of a step: each step makes one anew. */
function secretAt (step: number): string {
  while (secrets.length <= step) secrets.push(randomBytes(24).toString('base64url'))
  return secrets[step]!
}

/**
 * An nginx that accepts a step's secret and the two before it. Each server tries one secret, so that
 * one asks the next where its own does not fit.
 */
function engineAt (step: number): Pick<NginxConfig, 'server' | 'beside'> {
  const [newest, ...older] = [step, step - 1, step - 2].map((each) => secretAt(Math.max(0, each)))
  // Each step has its own, and those of the step before: a worker that is about to end asks and
  // answers for its own step alone.
  const socketOf = (place: number): string => `unix:${folder}/${step}-${place}.sock`
  const locations = (secret: string, place: number): string => `
    location ~ ^(?<cdn_access_scope>/v/[^/]+/) {
      secure_link $cookie_cdn_access_hash,$cookie_cdn_access_expires;
      secure_link_md5 "$secure_link_expires$cdn_access_scope ${secret}";
      error_page 418 = @older;
      if ($secure_link != "1") { return ${place < older.length ? 418 : 403}; }
      ${place === 0 ? '' : 'return 204;'}
    }
    location @older {
      auth_request /older;
      ${place === 0 ? '' : 'try_files /none =204;'}
    }
    location = /older {
      internal;
      proxy_pass http://${socketOf(Math.min(place + 1, older.length))}:$request_uri;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }`
  const own = older.map((secret, index) =>
    `server { listen ${socketOf(index + 1)}; root ${folder}; ${locations(secret, index + 1)} }`
  ).join('\n')
  const before = asking
  asking = own
  return { server: `root ${files}; ${locations(newest!, 0)}`, beside: `${own}\n${before}` }
}

const ringAt = (step: number): string =>
  JSON.stringify(
    [step, step - 1].filter((each) => each >= 0).map((each) => ({
      secret: secretAt(each)
    }))
  )

/** The ways in which a file comes to hold something else. */
const replacements = [
  async function byRename (step: number): Promise<void> {
    await writeFile(`${file}.new`, ringAt(step))
    await rename(`${file}.new`, file)
  },
  async function bySymlink (step: number): Promise<void> {
    await writeFile(join(folder, `keys-${step}.json`), ringAt(step))
    await symlink(`keys-${step}.json`, `${file}.new`)
    await rename(`${file}.new`, file)
  },
  async function inPlace (step: number): Promise<void> {
    await writeFile(file, ringAt(step))
  }
]

interface Report {
  readonly signing?: { readonly id: string }
}

await t.test('no rotation of a key file refuses anyone', async (t) => {
  await writeFile(file, ringAt(0))
  const engine = await startReloadingNginx(t, engineAt(0))
  const apis = await Promise.all([1, 2].map(async () => {
    const port = await freePort()
    const script = `${import.meta.dirname}/rotating-api.js`
    return startProgram(t, {
      command: process.execPath,
      args: [script, String(port), engine.url, file],
      port,
      install: 'npm run build'
    })
  }))
  const { url } = await startNginx(t, {
    server: 'location / { proxy_pass http://api; }',
    beside: `upstream api { ${apis.map((api) => `server ${new URL(api.url).host};`).join(' ')} }`
  })

  const last = Date.now() + seconds * 1000
  const odd: string[] = []
  const counts: Record<string, number> = {}

  async function watch (): Promise<void> {
    const jar = new CookieJar()
    while (Date.now() < last) {
      const polled = await send(url, '/cdn-access', jar.getCookieStringSync(url))
      for (const line of polled.setCookie) jar.setCookieSync(line, `${url}/cdn-access`)
      const path = '/v/1/a.txt'
      const got = await send(engine.url, path, jar.getCookieStringSync(engine.url + path))
      if (polled.status !== 200) odd.push(`poll ${polled.status}`)
      if (got.status !== 200 || got.body !== 'a of 1') odd.push(`file ${got.status}`)
      const { status } = JSON.parse(polled.body) as { status: string }
      counts[status] = (counts[status] ?? 0) + 1
      await setTimeout(10)
    }
  }

  const signed = apis.map(() => new Set<string | undefined>())
  async function rotate (): Promise<number> {
    let step = 0
    while (Date.now() + stepMilliseconds < last) {
      const next = Date.now() + stepMilliseconds
      await engine.reload(engineAt(++step))
      await replacements[step % replacements.length]!(step)
      await setTimeout(Math.max(0, next - Date.now()))
      for (const [index, api] of apis.entries()) {
        const [report] = JSON.parse((await send(api.url, '/keys')).body) as Report[]
        signed[index]!.add(report?.signing?.id)
      }
    }
    return step
  }

  const [steps] = await Promise.all([rotate(), ...Array.from({ length: viewers }, watch)])
  t.comment(JSON.stringify({ steps, ...counts, odd: odd.length }))
  t.same(odd, [])
  for (const ids of signed) t.ok(ids.size >= steps - 1, `${ids.size} keys signed in ${steps} steps`)
  t.ok(counts['fresh']! > 100 && counts['refreshed']! > steps)
})
