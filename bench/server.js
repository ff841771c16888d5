import { Session } from 'node:inspector/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { answerParent } from './child.js'

/** One scenario in a process of its own. */
const histogram = monitorEventLoopDelay({ resolution: 1 })
const inspector = new Session()
/** @type {any} */ let scenario
let cpu = process.cpuUsage()

/** @type {Record<string, (message: any) => Promise<object>>} */
const answers = {
  start: async ({ file, options, watchDelay }) => {
    await settleTicks()
    const { build } = await import(`./scenarios/${file}.js`)
    scenario = await build(options)
    if (watchDelay) histogram.enable()
    if (scenario.listen === undefined) return { port: 0 }
    await scenario.listen({ port: 0, host: '127.0.0.1' })
    return { port: scenario.server.address().port }
  },
  begin: async () => {
    cpu = process.cpuUsage()
    histogram.reset()
    return {}
  },
  read: async () => {
    const { user, system } = process.cpuUsage(cpu)
    return { cpuSeconds: (user + system) / 1e6, delayMilliseconds: histogram.percentile(99) / 1e6 }
  },
  loop: ({ seconds }) => scenario.loop(seconds),
  watch: async () => {
    inspector.connect()
    await inspector.post('Profiler.enable')
    await inspector.post('Profiler.start')
    return {}
  },
  seen: async () => {
    const { profile } = await inspector.post('Profiler.stop')
    inspector.disconnect()
    return profile
  },
  memory: async () => {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    const { rss, heapUsed } = process.memoryUsage()
    return { rss, heapUsed }
  }
}

/**
 * Node.js 20 leaves `process.nextTick` slow for good where memory is cleared between two of its
 * first calls: it takes about an eighth of each request then. What else a process loads decides
 * about that; here it happens to all.
 */
async function settleTicks () {
  for (let count = 0; count < 100; count++) {
    await new Promise((resolve) => {
      process.nextTick(resolve)
    })
    if (count % 10 === 0) globalThis.gc?.()
  }
}

answerParent((message) => answers[message.do](message))
