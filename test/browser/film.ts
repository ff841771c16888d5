import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesFolder } from './local-edge.js'

const clip = '/courses/1/video/'
const segmentSeconds = 2
/** Bytes between two fragments: a browser holds a film of 300 kB before it has begun to play. */
const gap = 1_500_000

/**
 * Lays the demo's clip into a folder, and the same clip for other players: a manifest for DASH, one
 * file, and one that is too long for a browser to fetch at once.
 */
export async function layFilm (folder: string): Promise<string> {
  await cp(filesFolder, folder, { recursive: true })
  const video = join(folder, clip)
  const names = (await readdir(video)).filter((name) => name.endsWith('.m4s')).toSorted()
  await writeFile(join(video, 'manifest.mpd'), manifest(names))
  const parts = await Promise.all(['init.mp4', ...names].map((name) => readFile(join(video, name))))
  await writeFile(join(video, 'clip.mp4'), Buffer.concat(parts))
  await writeFile(join(video, 'film.mp4'), Buffer.concat(parts.flatMap((part) => [part, free()])))
  return folder
}

/** A box that players pass over. */
function free (): Buffer {
  const box = Buffer.alloc(gap)
  box.writeUInt32BE(gap)
  box.write('free', 4)
  return box
}

function manifest (names: readonly string[]): string {
  const seconds = names.length * segmentSeconds
  const codecs = 'avc1.4d4015,mp4a.40.2'
  const urls = names.map((name) => `<SegmentURL media="${name}"/>`).join('')
  return `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-main:2011"
  type="static" mediaPresentationDuration="PT${seconds}S" minBufferTime="PT2S">
  <Period><AdaptationSet mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
    <Representation id="1" bandwidth="90000" width="320" height="180" codecs="${codecs}">
      <SegmentList timescale="1" duration="${segmentSeconds}">
        <Initialization sourceURL="init.mp4"/>${urls}
      </SegmentList>
    </Representation>
  </AdaptationSet></Period>
</MPD>
`
}
