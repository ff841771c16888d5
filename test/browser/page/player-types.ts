import type { MediaPlayerClass } from 'dashjs'
import type { DashPlayer, HlsPlayer, ShakaPlayer, VideoJsPlayer } from 'fastify-cdn-access/players'
import type Hls from 'hls.js'
import type shaka from 'shaka-player'
import type videojs from 'video.js'

type Takes<Shape, Player extends Shape> = Player

/** Compiles where the adapters take what the players are. */
export type Players = [
  Takes<HlsPlayer, Hls>,
  Takes<ShakaPlayer, shaka.Player>,
  Takes<VideoJsPlayer, ReturnType<typeof videojs>>,
  Takes<DashPlayer, MediaPlayerClass>
]
