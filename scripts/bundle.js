import { build } from 'esbuild'

/**
 * Bundles what `dist` holds beside the declarations. Lines are broken, for Node shows the whole
 * line beside an error that is thrown there.
 *
 * @type {import('esbuild').BuildOptions}
 */
const shared = {
  bundle: true,
  format: 'esm',
  outbase: 'src',
  outdir: 'dist',
  logLevel: 'warning'
}

/** @type {import('esbuild').BuildOptions} */
const forNode = {
  ...shared,
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120
}

/** Commands that need the server's code, which is loaded when they are called. */
const heavyCommands = ['keyed-explainer', 'keygen', 'sign', 'doctor', 'edge']

await build({
  ...forNode,
  entryPoints: [
    'src/index.ts',
    'src/key-ring/keys.ts',
    'src/edge/edge.ts',
    'src/testing/test-cdn.ts',
    ...heavyCommands.map((name) => `src/cli/${name}.ts`)
  ]
})

await build({
  ...forNode,
  entryPoints: ['src/cli/main.ts', 'src/cli/inspect.ts', 'src/cli/explain.ts'],
  external: heavyCommands.map((name) => `./${name}.js`),
  legalComments: 'none'
})

await build({
  ...shared,
  target: 'es2022',
  entryPoints: ['src/client/cdn-access.ts', 'src/players/players.ts', 'src/react/react.ts'],
  external: ['react', '../client/cdn-access.js']
})
