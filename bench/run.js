import { writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import { parseArgs } from 'node:util'
import * as exported from 'fastify-cdn-access'
import { makeKeys } from './cdns.js'
import { canPin } from './child.js'
import { measureColdStart } from './cold-start.js'
import { compete } from './compete.js'
import { describeFamily } from './describe.js'
import { familiesFor } from './families.js'
import { measureInstalledSize } from './installed-size.js'
import { measureOpenssl } from './openssl.js'
import { profile } from './profile.js'
import { soak } from './soak.js'
import { storm } from './storm/storm.js'
import { measureWire } from './wire.js'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    pipelining: { type: 'string' },
    soak: { type: 'string' },
    profile: { type: 'string' },
    storm: { type: 'boolean', default: false },
    viewers: { type: 'string' }
  }
})
const { quick, only } = values
const given = process.argv.slice(2)
const keys = makeKeys()
const settings = {
  rounds: Number(values.rounds ?? (quick ? 3 : 15)),
  seconds: Number(values.seconds ?? (quick ? 0.2 : 1)),
  warmUpSeconds: quick ? 0.3 : 3,
  connections: Number(values.connections ?? 10),
  pipelining: Number(values.pipelining ?? 10),
  keys
}
const families = familiesFor(exported, quick)
const counts = { passed: 0, failed: 0 }

if (values.storm) {
  const viewers = Number(values.viewers ?? 100_000)
  console.log(await storm({ viewers, picture: new URL('../docs/storm.svg', import.meta.url) }))
} else if (values.soak !== undefined) await soak({ ...settings, seconds: Number(values.soak) })
else if (values.profile !== undefined) await profile(values.profile, families, settings)
else await runAll()

async function runAll () {
  const sections = [heading()]
  console.log(sections[0])
  const all = [
    ...families.map((family) => ({ name: family.name, run: () => runFamily(family) })),
    { name: 'cold-start', run: () => pass(measureColdStart({ starts: quick ? 5 : 15, keys })) },
    { name: 'storm', run: () => pass(storm({ viewers: quick ? 100 : 2000 })) },
    { name: 'wire', run: () => pass(measureWire(keys)) },
    { name: 'installed-size', run: () => pass(Promise.resolve(measureInstalledSize())) },
    ...(quick ? [] : [{ name: 'openssl', run: measureOpenssl }])
  ]
  const steps = all.filter(({ name }) =>
    only === undefined || name === only || name.startsWith(`${only}-`)
  )
  if (steps.length === 0) {
    throw new Error(`nothing is called ${only}: there is ${all.map(({ name }) => name).join(', ')}`)
  }
  for (const { run } of steps) {
    const section = await run()
    console.log(`\n${section}`)
    sections.push(section)
  }
  if (!quick && only === undefined) {
    writeFileSync(new URL('results.md', import.meta.url), `${sections.join('\n\n')}\n`)
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`)
  if (counts.failed > 0) process.exitCode = 1
}

async function runFamily (/** @type {import('./families.js').Family} */ family) {
  const outcomes = await compete(family, settings)
  for (const { failure } of outcomes) counts[failure === undefined ? 'passed' : 'failed']++
  return describeFamily(family, outcomes)
}

async function pass (/** @type {Promise<string>} */ section) {
  try {
    const text = await section
    counts.passed++
    return text
  } catch (error) {
    counts.failed++
    return `- **failed**: ${error instanceof Error ? error.message : String(error)}`
  }
}

function heading () {
  const { rounds, seconds, connections, pipelining } = settings
  const command = ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
  const cores = `${availableParallelism()} cores of ${cpus()[0]?.model}`
  const conditions = [
    `Made by \`${command}\` with Node.js ${process.versions.node} on ${platform()} ${arch()},`,
    `${cores}. ${rounds} rounds of ${seconds} s in turn,`,
    `${connections} connections that each have ${pipelining} requests under way.`,
    canPin
      ? 'The server and the load have a core each, but where a server signs in threads, ' +
        'which may use both.'
      : 'Processes are not pinned: there is no `taskset`, or one core alone.'
  ]
  const reading = [
    'Each number is the median of the rounds, with the least and the most.',
    'A ratio is taken round by round.',
    '**By CPU time** compares what a request costs the server\'s process,',
    'which also holds where the load is the slower side (see *busy*).'
  ]
  return ['# Benchmark', conditions.join(' '), reading.join(' ')].join('\n\n')
}
