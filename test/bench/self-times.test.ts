import t from 'tap'
import { fileOf, functionOf, partOf, selfTimes } from '../../bench/self-times.js'

const frame = (
  functionName: string,
  url = '',
  lineNumber = -1
): { functionName: string, url: string, lineNumber: number } => ({ functionName, url, lineNumber })

const project = 'file:///home/a/project'
const nodes = [
  { id: 1, callFrame: frame('(idle)') },
  { id: 2, callFrame: frame('', 'node:net', 9) },
  { id: 3, callFrame: frame('sign', `${project}/dist/signing.js`, 41) },
  { id: 4, callFrame: frame('sign', `${project}/dist/signing.js`, 41) },
  { id: 5, callFrame: frame('onSend', `${project}/node_modules/fastify/lib/reply.js`, 4) }
]

t.test('adds up the time of each function but the idle one, the greatest first', async (t) => {
  const profile = { nodes, samples: [1, 2, 3, 4, 5], timeDeltas: [500, 10, 30, 40, 20] }
  t.same(selfTimes(profile, functionOf), [
    { name: 'sign dist/signing.js:42', share: 0.7 },
    { name: 'onSend fastify/lib/reply.js:5', share: 0.2 },
    { name: '(anonymous) node:net:10', share: 0.1 }
  ])
})

t.test('adds up the time of each file; what is native has its own name', async (t) => {
  const native = [
    { id: 1, callFrame: frame('writev') },
    { id: 2, callFrame: frame('a', 'node:net', 9) },
    { id: 3, callFrame: frame('b', 'node:net', 1) }
  ]
  t.same(selfTimes({ nodes: native, samples: [1, 2, 3], timeDeltas: [40, 30, 30] }, fileOf), [
    { name: 'node:net', share: 0.6 },
    { name: 'writev', share: 0.4 }
  ])
})

t.test('tells whose code each function is', async (t) => {
  const packages = '/home/a/project/node_modules'
  const parts = {
    'fastify-cdn-access and its packages': [
      frame('a', `${project}/dist/index.js`),
      frame('b', `${packages}/fastq/queue.js`)
    ],
    'the route of the benchmark': [frame('a', `${project}/bench/scenarios/plugin.js`)],
    'fastify and its packages': [
      frame('a', `${packages}/fastify/lib/reply.js`),
      frame('b', `${packages}/find-my-way/index.js`)
    ],
    '@fastify/cookie': [
      frame('a', `${packages}/@fastify/cookie/index.js`),
      frame('b', `${project}/node_modules/cookie/dist/index.js`)
    ],
    'node:crypto': [frame('a', 'node:internal/crypto/sig'), frame('SignJob')],
    'the rest of Node.js': [frame('a', 'node:_http_server'), frame('(program)')],
    writev: [frame('writev')],
    '(garbage collector)': [frame('(garbage collector)')]
  }
  for (const [part, frames] of Object.entries(parts)) {
    for (const each of frames) t.equal(partOf(each), part, each.url)
  }
})
