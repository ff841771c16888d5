import { build } from 'esbuild'

/** What `dist` holds beside the declarations: code for Node.js, and code for browsers. */
const shared = /** @type {const} */ ({
  bundle: true,
  format: 'esm',
  outbase: 'src',
  outdir: 'dist',
  logLevel: 'warning'
})

const commands = [
  'main',
  'inspect',
  'explain',
  'keyed-explainer',
  'keygen',
  'sign',
  'doctor',
  'edge'
]

await build({
  ...shared,
  entryPoints: [
    'src/index.ts',
    'src/key-ring/keys.ts',
    'src/edge/edge.ts',
    'src/testing/test-cdn.ts',
    ...commands.map((name) => `src/cli/${name}.ts`)
  ],
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  minifyWhitespace: true,
  minifySyntax: true,
  // Node shows the whole line beside an error that is thrown there.
  lineLimit: 120
})

await build({
  ...shared,
  entryPoints: ['src/client/cdn-access.ts', 'src/players/players.ts', 'src/react/react.ts'],
  target: 'es2022',
  external: ['react', '../client/cdn-access.js']
})
