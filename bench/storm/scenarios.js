import { startService } from './service.js'
import { watch } from './crowd.js'

/**
 * What can make all viewers ask at once. Each starts its services, lets a crowd loose on them and
 * says what came of it.
 *
 * @typedef {object} Settings
 * @property {number} viewers
 * @property {Record<string, unknown>} options of the plugin
 * @property {number} ttl seconds
 *
 * @typedef {object} Outcome
 * @property {number[]} requests
 * @property {number} lost
 * @property {number} signatures
 * @property {number} [wakesAt] seconds
 *
 * @type {Record<string, (settings: Settings) => Promise<Outcome>>}
 */
export const scenarios = {
  'all start in one second': (settings) => run(settings, { startsAt: within(1000) }),

  'all wake at once': (settings) =>
    run(settings, {
      startsAt: spreadOver(settings.ttl),
      asleep: { from: 1.5 * settings.ttl, to: 2.5 * settings.ttl }
    }),

  'the API is away for five minutes': (settings) => {
    const away = 1.5 * settings.ttl * 1000
    return run(settings, {
      startsAt: spreadOver(settings.ttl),
      reach: (now) => now < away || now >= away + 300_000
    })
  },

  'a key is rotated': (settings) => {
    const at = 1.5 * settings.ttl * 1000
    const steps = [
      { at, keys: ['K2', 'K1'] },
      { at: at + settings.ttl * 1000, keys: ['K2'] }
    ]
    return run(settings, {
      startsAt: spreadOver(settings.ttl),
      before: async (now, [service]) => {
        while (steps[0] !== undefined && now >= steps[0].at) {
          await service?.useKeys(...steps.shift()?.keys ?? [])
        }
      }
    })
  },

  'a deploy that changes what is granted': (settings) => {
    const at = 1.5 * settings.ttl * 1000
    const share = (/** @type {number} */ now) => Math.min(1, Math.max(0, (now - at) / 600_000))
    return run(settings, {
      startsAt: spreadOver(settings.ttl),
      // Another Domain is another fingerprint.
      second: { cookie: { domain: 'media.example.com' } },
      serviceAt: (now) => Math.random() < share(now) ? 1 : 0
    })
  }
}

/**
 * @typedef {object} Course
 * @property {(viewer: number) => number} startsAt
 * @property {{ from: number, to: number }} [asleep]
 * @property {(now: number) => boolean} [reach]
 * @property {(now: number, services: import('./service.js').Service[]) => Promise<void>} [before]
 * @property {Record<string, unknown>} [second]
 * @property {(now: number) => number} [serviceAt]
 */

async function run (
  /** @type {Settings} */ { viewers, options, ttl },
  /** @type {Course} */ { reach = () => true, before, second, serviceAt = () => 0, ...crowd }
) {
  const services = [await startService(options)]
  if (second !== undefined) services.push(await startService({ ...options, ...second }))
  const { requests, lost } = await watch({
    viewers,
    seconds: 4 * ttl,
    ...crowd,
    ask: async (cookie, now) => {
      await before?.(now, services)
      return reach(now) ? services[serviceAt(now)]?.ask(cookie, now) : undefined
    }
  })
  const signatures = services.reduce((sum, service) => sum + service.signatures(), 0)
  for (const service of services) await service.close()
  return {
    requests,
    lost,
    signatures,
    ...(crowd.asleep === undefined ? {} : { wakesAt: crowd.asleep.to })
  }
}

function within (/** @type {number} */ milliseconds) {
  return () => Math.random() * milliseconds
}

/** As viewers come over time, who then ask evenly. */
function spreadOver (/** @type {number} */ seconds) {
  return within(seconds * 1000)
}
