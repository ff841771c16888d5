import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { answerParent } from './child.js'

/**
 * The load: keep-alive connections of HTTP/1.1 that each have a few requests under way, and send
 * the next ones when their replies have come. It reads no more of a reply than its status and its
 * length, so that it costs less than the servers that it measures.
 *
 * @typedef {object} Job
 * @property {number} port
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} headers
 * @property {number} [users] send `x-user` with a number below this; 0: a new one each time
 * @property {number} seconds
 * @property {number} [atLeast] go on until so many requests were answered
 * @property {number} connections
 * @property {number} pipelining requests that each connection has under way
 */

const endOfHead = Buffer.from('\r\n\r\n')
const lengthField = Buffer.from('\r\ncontent-length: ')
let counter = 0

answerParent(run)

async function run (/** @type {Job} */ job) {
  const nextRequest = requestsOf(job)
  const tally = {
    answered: 0,
    failures: /** @type {Record<string, number>} */ ({}),
    stopping: false
  }
  const sockets = await Promise.all(
    Array.from({ length: job.connections }, () => openConnection(job, nextRequest, tally))
  )
  const begun = performance.now()
  for (const { start } of sockets) start()
  do await pause(job.seconds * 1000)
  while (tally.answered < (job.atLeast ?? 0) && Object.keys(tally.failures).length === 0)
  tally.stopping = true
  await Promise.race([Promise.all(sockets.map(({ idle }) => idle)), pause(5000)])
  const seconds = (performance.now() - begun) / 1000
  for (const { socket } of sockets) socket.destroy()
  return { answered: tally.answered, seconds, failures: tally.failures }
}

/** @param {Job} job */
function requestsOf ({ method, path, headers, users }) {
  const fields = Object.entries({ host: 'api.example.com', ...headers })
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
  const start = `${method} ${path} HTTP/1.1\r\n${lines.join('')}`
  const fixed = Buffer.from(`${start}\r\n`)
  if (users === undefined) return () => fixed
  return () => `${start}x-user: ${users === 0 ? counter++ : counter++ % users}\r\n\r\n`
}

async function openConnection (
  /** @type {Job} */ { port, pipelining },
  /** @type {() => string | Buffer} */ nextRequest,
  /** @type {any} */ tally
) {
  /** @type {() => void} */ let becomeIdle
  /** @type {Promise<void>} */ const idle = new Promise((resolve) => {
    becomeIdle = resolve
  })
  /** @type {Buffer | undefined} */ let begun
  let underWay = 0
  const buffer = Buffer.allocUnsafe(65536)
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
  socket.on('error', ({ message }) => {
    fail(message)
  })
  socket.on('close', () => {
    fail('the connection was closed')
  })
  await new Promise((resolve) => {
    socket.once('connect', resolve).once('error', resolve)
  })

  function callback (/** @type {number} */ size) {
    const bytes = begun === undefined
      ? buffer.subarray(0, size)
      : Buffer.concat([begun, buffer.subarray(0, size)])
    let start = 0
    const next = () => endOfReply(bytes, start)
    for (let end = next(); end !== undefined && end <= bytes.length; end = next()) {
      if (bytes[start + 9] === 50) tally.answered++
      else fail(`status ${bytes.toString('latin1', start + 9, start + 12)}`)
      underWay--
      start = end
    }
    begun = start === bytes.length ? undefined : Buffer.from(bytes.subarray(start))
    if (!tally.stopping) send()
    else if (underWay === 0) becomeIdle()
    return true
  }

  function send () {
    const requests = Array.from({ length: pipelining - underWay }, nextRequest)
    underWay = pipelining
    if (requests.length === 1) socket.write(requests[0])
    else if (requests.length > 1) {
      socket.write(
        typeof requests[0] === 'string'
          ? requests.join('')
          : Buffer.concat(/** @type {Buffer[]} */ (requests))
      )
    }
  }

  function fail (/** @type {string} */ reason) {
    becomeIdle()
    if (!tally.stopping) tally.failures[reason] = (tally.failures[reason] ?? 0) + 1
  }

  return { socket, idle, start: send }
}

/** Where a reply ends, once its head is there. A reply without a length has no body. */
function endOfReply (/** @type {Buffer} */ bytes, /** @type {number} */ start) {
  const head = bytes.indexOf(endOfHead, start)
  if (head === -1) return undefined
  const field = bytes.indexOf(lengthField, start)
  if (field === -1 || field > head) return head + endOfHead.length
  let length = 0
  for (let at = field + lengthField.length; bytes[at] !== 13; at++) {
    length = length * 10 + bytes[at] - 48
  }
  return head + endOfHead.length + length
}
