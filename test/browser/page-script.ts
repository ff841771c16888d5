import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const client = join(import.meta.dirname, '../../dist/client/cdn-access.js')
const players = join(import.meta.dirname, '../../dist/players/players.js')

/** What a page plays with. */
export const playerNames = ['hls', 'shaka', 'video-js', 'dash', 'media'] as const
export type PlayerName = typeof playerNames[number]

const scripts = new Map<PlayerName, Promise<string>>()

/** The page that all tests open. */
export function pageHtml (player: PlayerName): string {
  return `<!doctype html>
<html lang="en">
<title>Player</title>
<link rel="icon" href="data:,">
<video muted crossorigin="use-credentials"></video>
<script type="module" src="/${player}.js"></script>
</html>
`
}

/** The page's script, with a player, and the client as it is built for the package. */
export async function pageScript (player: PlayerName): Promise<string> {
  const script = scripts.get(player) ?? bundle(player)
  scripts.set(player, script)
  return script
}

async function bundle (player: PlayerName): Promise<string> {
  if (!existsSync(client)) throw new Error('The client is not built: npm run build')
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, `page/${player}.ts`)],
    alias: { 'fastify-cdn-access/client': client, 'fastify-cdn-access/players': players },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error'
  })
  return outputFiles[0]!.text
}
