import { cores, startChild } from './child.js'

/**
 * @typedef {import('./families.js').Family} Family
 * @typedef {import('./families.js').Variant} Variant
 *
 * @typedef {object} Settings
 * @property {number} rounds
 * @property {number} seconds of each round
 * @property {number} warmUpSeconds before the first round
 * @property {number} connections
 * @property {number} pipelining requests that each connection has under way
 * @property {any} keys
 * @property {boolean} [profile] watch the servers' functions in the rounds
 *
 * @typedef {object} Outcome
 * @property {Variant} variant
 * @property {string} [failure]
 * @property {number[]} perSecond requests per second, by round
 * @property {number[]} cpuMicroseconds of the server for each request, by round
 * @property {number[]} busy the share of a core that the server used, by round
 * @property {number[]} delayMilliseconds p99 of the event loop, by round
 * @property {{ rss: number, heapUsed: number }} [memory]
 * @property {any} [profile] of V8
 *
 * @typedef {ReturnType<typeof startChild>} Child
 *
 * @typedef {object} Entrant
 * @property {Outcome} outcome
 * @property {Child} server
 * @property {number} port
 * @property {Record<string, string>} headers
 */

/**
 * Runs a family: all its servers stand at once, and one load process turns to each of them round by
 * round.
 *
 * @param {Family} family
 * @param {Settings} settings
 * @returns {Promise<Outcome[]>}
 */
export async function compete (family, settings) {
  const load = startChild('load.js', { core: cores.load })
  const entrants = await Promise.all(
    family.variants.map((variant) => enter(variant, family, settings))
  )
  try {
    await handOutCookies(entrants)
    for (const entrant of entrants) await attempt(entrant, () => warmUp(entrant, load, settings))
    if (settings.profile) { for (const { server } of entrants) await server.ask({ do: 'watch' }) }
    for (let round = 0; round < settings.rounds; round++) {
      for (const entrant of entrants) {
        await attempt(entrant, () => runRound(entrant, load, settings))
      }
    }
    if (settings.profile) {
      for (const { server, outcome } of entrants) {
        outcome.profile = await server.ask({ do: 'seen' })
      }
    }
    for (const entrant of entrants) await attempt(entrant, () => finish(entrant, family))
  } finally {
    await Promise.all([load, ...entrants.map(({ server }) => server)].map((child) => child.stop()))
  }
  return entrants.map(({ outcome }) => outcome)
}

/** @returns {Promise<Entrant>} */
async function enter (
  /** @type {Variant} */ variant,
  /** @type {Family} */ family,
  /** @type {Settings} */ { keys }
) {
  const outcome = { variant, perSecond: [], cpuMicroseconds: [], busy: [], delayMilliseconds: [] }
  const server = startChild('server.js', {
    nodeArguments: ['--expose-gc'],
    ...(family.bothCores ? {} : { core: cores.server })
  })
  const entrant = { outcome, server, port: 0, headers: {} }
  await attempt(entrant, async () => {
    const { port } = await server.ask({
      do: 'start',
      file: variant.file,
      options: { ...variant.options, keys },
      watchDelay: family.bothCores
    })
    entrant.port = port
  })
  return entrant
}

/**
 * The cookies that a viewer holds after the plugin's first reply; fresh on every server, for their
 * keys are the same.
 */
async function handOutCookies (/** @type {Entrant[]} */ entrants) {
  const issuer = entrants.find(({ outcome }) => outcome.variant.file === 'plugin')
  const holders = entrants.filter(({ outcome: { variant } }) =>
    variant.holdsCookies || variant.holdsAreas !== undefined
  )
  if (holders.length === 0 || issuer === undefined || issuer.outcome.failure !== undefined) return
  for (const { headers, port, outcome: { variant, failure } } of holders) {
    // A ticket says as well what was revoked, which is each server's own to know.
    const from = variant.file === 'plugin' && failure === undefined ? port : issuer.port
    headers.cookie = variant.holdsAreas === undefined
      ? (await cookiesFrom(from, '/cdn-access')).join('; ')
      : await ticketsFrom(from, variant.holdsAreas)
  }
}

/** What a browser sends to the API that holds so many areas: their access cookies lie elsewhere. */
async function ticketsFrom (/** @type {number} */ port, /** @type {number} */ areas) {
  let tickets = ''
  for (let course = areas; course > 0; course--) {
    const pairs = await cookiesFrom(port, `/cdn-access?course=${course}`, tickets)
    const ticket = pairs.find((pair) => pair.includes('cdn-access')) ?? ''
    tickets += tickets === '' ? ticket : `; ${ticket}`
  }
  return tickets
}

async function cookiesFrom (
  /** @type {number} */ port,
  /** @type {string} */ path,
  /** @type {string} */ held = ''
) {
  const headers = held === '' ? undefined : { cookie: held }
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  const pairs = reply.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return pairs.filter((pair) => !pair.endsWith('='))
}

async function warmUp (
  /** @type {Entrant} */ entrant,
  /** @type {Child} */ load,
  /** @type {Settings} */ settings
) {
  await probe(entrant)
  await drive(entrant, load, {
    ...settings,
    seconds: settings.warmUpSeconds,
    atLeast: entrant.outcome.variant.users ?? 0
  })
}

/** One reply is looked at closely; the load looks at the status of each. */
async function probe (/** @type {Entrant} */ { outcome: { variant }, port, headers }) {
  const { method = 'GET', path = '/cdn-access', expect = {}, users, loop } = variant
  if (loop) return
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...(users === undefined ? {} : { 'x-user': 'probe' }) }
  })
  const body = await reply.json()
  const cookies = reply.headers.getSetCookie().length
  if (reply.status !== 200) throw new Error(`status ${reply.status} in place of 200`)
  if (expect.cookies !== undefined && cookies !== expect.cookies) {
    throw new Error(`${cookies} cookies in place of ${expect.cookies}`)
  }
  if (expect.status !== undefined && body.status !== expect.status) {
    throw new Error(`"${body.status}" in place of "${expect.status}"`)
  }
}

async function runRound (
  /** @type {Entrant} */ entrant,
  /** @type {Child} */ load,
  /** @type {Settings} */ settings
) {
  const { outcome, server } = entrant
  await server.ask({ do: 'begin' })
  const { answered, seconds } = await drive(entrant, load, settings)
  const { cpuSeconds, delayMilliseconds } = await server.ask({ do: 'read' })
  outcome.perSecond.push(answered / seconds)
  outcome.cpuMicroseconds.push(cpuSeconds * 1e6 / answered)
  outcome.busy.push(cpuSeconds / seconds)
  outcome.delayMilliseconds.push(delayMilliseconds)
}

async function drive (
  /** @type {Entrant} */ { outcome: { variant }, server, port, headers },
  /** @type {Child} */ load,
  /** @type {Settings & { atLeast?: number }} */ { seconds, connections, pipelining, atLeast }
) {
  const { method = 'GET', path = '/cdn-access', users } = variant
  const job = { port, method, path, headers, users, seconds, atLeast, connections, pipelining }
  const result = variant.loop
    ? await server.ask({ do: 'loop', seconds })
    : await load.ask(job)
  const [reason] = Object.entries(result.failures)
  if (reason !== undefined) {
    throw new Error(`${reason[1]} of ${result.answered + reason[1]} requests failed: ${reason[0]}`)
  }
  if (result.answered === 0) throw new Error('no request was answered')
  return result
}

async function finish (/** @type {Entrant} */ entrant, /** @type {Family} */ { memory }) {
  await probe(entrant)
  if (memory) entrant.outcome.memory = await entrant.server.ask({ do: 'memory' })
}

/** A scenario that fails once is out; the others go on. */
async function attempt (
  /** @type {{ outcome: Outcome }} */ { outcome },
  /** @type {() => Promise<void>} */ work
) {
  if (outcome.failure !== undefined) return
  try {
    await work()
  } catch (error) {
    outcome.failure = error instanceof Error ? error.message : String(error)
  }
}
