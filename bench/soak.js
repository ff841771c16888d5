import { setTimeout as pause } from 'node:timers/promises'
import { cores, startChild } from './child.js'
import { formatMegabytes } from './report.js'

const stepSeconds = 10

/**
 * Unique grants without a pause, and every 10 s what the server holds after a collection.
 *
 * @param {import('./compete.js').Settings} settings
 */
export async function soak ({ seconds, connections, pipelining, keys }) {
  const server = startChild('server.js', { core: cores.server, nodeArguments: ['--expose-gc'] })
  const load = startChild('load.js', { core: cores.load })
  const { port } = await server.ask({
    do: 'start',
    file: 'plugin',
    options: { cdn: 'cloudfront', key: 'ec', unique: true, keys }
  })
  let done = 0
  for (let second = 0; second < seconds; second += stepSeconds) {
    const { answered, failures } = await load.ask({
      port,
      method: 'GET',
      path: '/cdn-access',
      headers: {},
      users: 0,
      seconds: stepSeconds,
      connections,
      pipelining
    })
    if (Object.keys(failures).length > 0) throw new Error(JSON.stringify(failures))
    done += answered
    await pause(50)
    const { rss, heapUsed } = await server.ask({ do: 'memory' })
    const columns = [
      `${String(second + stepSeconds).padStart(5)} s`,
      `${String(done).padStart(9)} grants`,
      `heap ${formatMegabytes(heapUsed)}`,
      `resident ${formatMegabytes(rss)}`
    ]
    console.log(columns.join('  '))
  }
  await Promise.all([server.stop(), load.stop()])
}
