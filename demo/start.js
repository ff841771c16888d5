import { setTimeout } from 'node:timers/promises'
import { startDemo } from './demo.js'
import { guide } from './guide.js'
import { readSettings } from './settings.js'
import { StartError } from './start-error.js'

try {
  const demo = await startDemo(readSettings(process.env))
  console.log(guide(demo))
  let ended
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      ended ??= end(demo)
    })
  }
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/**
 * npm hands on the Ctrl-C that the terminal has sent already: a process that is no longer there to
 * take the second one would count as killed.
 *
 * @param {import('./demo.js').Demo} demo
 */
async function end (demo) {
  await demo.close()
  await setTimeout(200)
}
