/**
 * @typedef {object} CpuProfile what V8's profiler yields
 * @property {Array<{ id: number, callFrame: CallFrame }>} nodes
 * @property {number[]} samples
 * @property {number[]} timeDeltas
 *
 * @typedef {{ functionName: string, url: string, lineNumber: number }} CallFrame
 */

/**
 * The share of the time that each function, or each file, itself took while the process was not
 * idle, the greatest first.
 *
 * @param {CpuProfile} profile
 * @param {(frame: CallFrame) => string} nameOf
 * @returns {Array<{ name: string, share: number }>}
 */
export function selfTimes ({ nodes, samples, timeDeltas }, nameOf) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  /** @type {Map<string, number>} */ const times = new Map()
  samples.forEach((id, index) => {
    const frame = /** @type {CallFrame} */ (frames.get(id))
    const name = nameOf(frame)
    if (frame.functionName !== '(idle)') times.set(name, (times.get(name) ?? 0) + timeDeltas[index])
  })
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  const shares = [...times].map(([name, time]) => ({ name, share: time / all }))
  return shares.toSorted((first, second) => second.share - first.share)
}

/** A function with its file and line. */
export function functionOf (/** @type {CallFrame} */ frame) {
  const name = frame.functionName === '' ? '(anonymous)' : frame.functionName
  return frame.url === '' ? name : `${name} ${fileOf(frame)}:${frame.lineNumber + 1}`
}

const own = 'fastify-cdn-access and its packages'
const packagesOfOurs = new Set([
  'fastq',
  'jose',
  'reusify',
  'safe-stable-stringify',
  'tldts',
  'toad-cache'
])
const nativeCrypto = new Set(['oneShotDigest', 'run', 'SignJob'])

/** Whose code a function is, in a few large parts. */
export function partOf (/** @type {CallFrame} */ { functionName, url }) {
  const [, name = ''] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (name === '@fastify/cookie' || name === 'cookie') return '@fastify/cookie'
  if (name !== '') return packagesOfOurs.has(name) ? own : 'fastify and its packages'
  if (url.startsWith('file:')) return url.includes('/bench/') ? 'the route of the benchmark' : own
  if (url.startsWith('node:internal/crypto') || nativeCrypto.has(functionName)) return 'node:crypto'
  return functionName === 'writev' || functionName === '(garbage collector)'
    ? functionName
    : 'the rest of Node.js'
}

/** A file without the folders before its package; what is native stands by its own name. */
export function fileOf (/** @type {CallFrame} */ { functionName, url }) {
  const file = url.replace(/^.*\/node_modules\//, '').replace(
    /^file:\/\/.*\/(?=(?:dist|bench)\/)/,
    ''
  )
  return file === '' ? functionName : file
}
