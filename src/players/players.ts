/**
 * Has players and pictures send their cookies, and go on when they are refused.
 *
 * @module fastify-cdn-access/players
 */
export { attachDash, type DashPlayer } from './dash.js'
export { attachHls, type HlsPlayer } from './hls.js'
export { keepImages } from './images.js'
export { attachMedia } from './media.js'
export { attachShaka, type ShakaPlayer } from './shaka.js'
export { attachVideoJs, type VideoJsPlayer } from './video-js.js'
