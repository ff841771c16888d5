import { spawnSync } from 'node:child_process'
import t from 'tap'
import { edgeSteps } from '../../src/cli/edge-steps.js'

const files = { out: 'f.js', keys: 'k.json', event: 'e.json' }

t.test('each step that has a command is one that a shell can read', async (t) => {
  for (const [runtime, steps] of Object.entries(edgeSteps)) {
    const made = steps(files)
    t.ok(made.length >= 5, runtime)
    for (const { words, command } of made) {
      t.equal(command === undefined, !words.endsWith(':'), words)
      const { status, stderr } = spawnSync('sh', ['-n', '-c', command ?? ':'])
      t.equal(status, 0, String(stderr))
    }
  }
})

t.test('CloudFront\'s function is tried before it is published, and given the store', async (t) => {
  const made = edgeSteps['cloudfront-function'](files)
  const commands = made.map(({ command = '' }) =>
    /^(?:STORE=\$\()?aws (\S+ \S+)/.exec(command)?.[1]
  )
  t.same(commands, [
    'cloudfront create-key-value-store',
    'cloudfront-keyvaluestore put-key',
    'cloudfront create-function',
    'cloudfront test-function',
    'cloudfront publish-function',
    undefined,
    undefined,
    undefined
  ])
  const [, config = ''] = /--function-config ("[^]*")$/.exec(made[2]!.command!) ?? []
  const { stdout } = spawnSync('sh', ['-c', `STORE=arn:x; printf %s ${config}`])
  t.same(JSON.parse(String(stdout)), {
    Comment: '',
    Runtime: 'cloudfront-js-2.0',
    KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: 'arn:x' }] }
  })
})

t.test('the files are named as they were given', async (t) => {
  const text = (runtime: keyof typeof edgeSteps): string =>
    JSON.stringify(edgeSteps[runtime](files))
  for (const name of Object.values(files)) t.match(text('cloudfront-function'), name)
  for (const name of ['f.js', 'k.json']) t.match(text('cloudflare-worker'), name)
  t.match(text('lambda-at-edge'), 'f.js')
})

t.test('a name with spaces or signs of the shell is one word of a command', async (t) => {
  const odd = { out: 'my $(id) \'f\'.js', keys: 'a b;c.json', event: 'e&.json' }
  const named: string[] = []
  for (const steps of Object.values(edgeSteps)) {
    for (const { command = '' } of steps(odd)) {
      const tools = ['aws', 'cp', 'zip', 'npx', 'openssl'].map((tool) =>
        `${tool} () { for each in "$@"; do printf '%s\\0' "$each"; done; }`
      )
      const script = `${tools.join('\n')}\n${command.replace(/< (?=\S)/, '')}`
      const { stdout } = spawnSync('sh', ['-c', script], { cwd: t.testdir() })
      named.push(...String(stdout).split('\0').map((word) => word.replace(/^fileb?:\/\//, '')))
    }
  }
  for (const name of Object.values(odd)) t.ok(named.includes(name), name)
})
