import type { MediaPlayerClass } from 'dashjs'
import type Hls from 'hls.js'
import type shaka from 'shaka-player'
import t from 'tap'
import type videojs from 'video.js'
import type {
  DashPlayer,
  HlsPlayer,
  ShakaPlayer,
  VideoJsPlayer
} from '../../src/players/players.js'

type Takes<Shape, Player extends Shape> = Player

/** Compiles where the adapters take what the players are. */
export type Players = [
  Takes<HlsPlayer, Hls>,
  Takes<ShakaPlayer, InstanceType<typeof shaka.default.Player>>,
  Takes<VideoJsPlayer, ReturnType<typeof videojs.default>>,
  Takes<DashPlayer, MediaPlayerClass>
]

t.pass('the types of the real players fit')
