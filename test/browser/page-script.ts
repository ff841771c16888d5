import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const client = join(import.meta.dirname, '../../dist/client/cdn-access.js')
const players = join(import.meta.dirname, '../../dist/players/players.js')

/** The page that all tests open. */
export const pageHtml = `<!doctype html>
<html lang="en">
<title>Player</title>
<link rel="icon" href="data:,">
<video muted crossorigin="use-credentials"></video>
<script type="module" src="/page.js"></script>
</html>
`

/** The page's script, with hls.js and the client as it is built for the package. */
export async function pageScript (): Promise<string> {
  if (!existsSync(client)) throw new Error('The client is not built: npm run build')
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page/page.ts')],
    alias: { 'fastify-cdn-access/client': client, 'fastify-cdn-access/players': players },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error'
  })
  return outputFiles[0]!.text
}
