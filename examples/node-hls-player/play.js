import { setTimeout } from 'node:timers/promises'
import { createAccess } from './access.js'

/**
 * Plays the demo's film by headers alone, in the time that it takes: `npm start` in one terminal,
 * and in another `node examples/node-hls-player/play.js`. The arguments are the API's address and
 * the edge's, where they are not the usual ones.
 */
const [api = 'http://localhost:3000', edge = 'http://localhost:3001'] = process.argv.slice(2)
const pieceBytes = 8192

const login = await fetch(`${api}/token/ada`, { method: 'POST' }).catch((cause) => {
  throw new Error(`Nothing answers at ${api}: is the demo running? npm start, at the root.`, {
    cause
  })
})
const { token } = await login.json()
const access = createAccess({
  url: `${api}/cdn-access`,
  headers: { authorization: `Bearer ${token}` },
  onReceipt: ({ expiresIn, refreshIn }) => {
    console.log(`access for ${expiresIn} s, next in ${refreshIn} s`)
  }
})
await play(`${edge}/courses/1/video/index.m3u8`)

/** @param {string} playlist */
async function play (playlist) {
  const reply = await access.fetch(playlist)
  const lines = (await expectStatus(reply, 200).text()).split('\n')
  const header = lines.find((line) => line.startsWith('#EXT-X-MAP:'))?.split('"')[1]
  if (header !== undefined) await load(header)
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue
    await load(line)
    await setTimeout(1000 * Number(lines[index - 1]?.match(/^#EXTINF:([\d.]+)/)?.[1]))
  }

  /**
   * Piece by piece, as players load what they may have to leave.
   *
   * @param {string} name
   */
  async function load (name) {
    let [from, size] = [0, Infinity]
    while (from < size) {
      const range = `bytes=${from}-${from + pieceBytes - 1}`
      const piece = await access.fetch(new URL(name, playlist).href, { range })
      size = Number(expectStatus(piece, 206).headers.get('content-range')?.split('/')[1])
      from += (await piece.arrayBuffer()).byteLength
    }
    console.log(`${name} ${size} bytes`)
  }
}

/** @param {Response} reply @param {number} status */
function expectStatus (reply, status) {
  if (reply.status !== status) throw new Error(`${reply.url} answers ${reply.status}`)
  return reply
}
