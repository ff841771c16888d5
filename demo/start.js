import { startDemo } from './demo.js'
import { guide } from './guide.js'
import { readSettings } from './settings.js'
import { StartError } from './start-error.js'

try {
  const demo = await startDemo(readSettings(process.env))
  console.log(guide(demo))
  let closing
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { closing ??= demo.close() })
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
