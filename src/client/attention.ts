import type { Environment } from './environment.js'

/** True in a tab that is hidden and plays nothing: nobody misses what is a little late there. */
export function isUnattended ({ document }: Environment): boolean | undefined {
  return document?.hidden && !document.pictureInPictureElement &&
    [...document.querySelectorAll<HTMLMediaElement>('audio,video')].every((media) => media.paused)
}
