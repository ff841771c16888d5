import { attachHls } from 'fastify-cdn-access/players'
import { useCdnAccess } from 'fastify-cdn-access/react'
import Hls from 'hls.js'
import { useEffect, useRef } from 'react'

/**
 * Plays a film for as long as the viewer may see it.
 *
 * @param {{ src: string }} props
 */
export function Film ({ src }) {
  /** @type {import('react').RefObject<HTMLVideoElement | null>} */
  const video = useRef(null)
  const { state, access, error } = useCdnAccess({ url: '/cdn-access' })

  useEffect(() => {
    if (access === undefined || video.current === null) return undefined
    const hls = new Hls()
    attachHls(hls, access)
    hls.loadSource(src)
    hls.attachMedia(video.current)
    return () => hls.destroy()
  }, [access, src])

  if (state === 'denied') return <p>You have not booked this course.</p>
  if (state === 'blocked') return <p>Your browser keeps no cookies of this site.</p>
  return (
    <>
      <video ref={video} controls muted autoPlay playsInline />
      <p>Access: <output>{error?.message ?? state}</output></p>
    </>
  )
}
