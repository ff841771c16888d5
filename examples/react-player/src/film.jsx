import { attachHls } from 'fastify-cdn-access/players'
import { useCdnAccess } from 'fastify-cdn-access/react'
import Hls from 'hls.js'
import { useEffect, useState } from 'react'

/**
 * Plays a film over and over, for as long as the viewer may see it.
 *
 * @param {{ src: string }} props
 */
export function Film ({ src }) {
  // State and no ref: after a denial it is another element.
  const [video, setVideo] = useState(/** @type {HTMLVideoElement | null} */ (null))
  const [renewals, setRenewals] = useState(0)
  const { state, access, error } = useCdnAccess({ url: '/cdn-access' })

  useEffect(() => {
    if (access === undefined) return undefined
    const leaving = new AbortController()
    access.addEventListener('receipt', ({ detail }) => {
      if (detail.status === 'refreshed') setRenewals((number) => number + 1)
    }, { signal: leaving.signal })
    return () => leaving.abort()
  }, [access])

  useEffect(() => {
    if (access === undefined || video === null) return undefined
    // What was played is dropped, so that each round asks the CDN again.
    const hls = new Hls({ backBufferLength: 0 })
    attachHls(hls, access)
    hls.loadSource(src)
    hls.attachMedia(video)
    return () => hls.destroy()
  }, [access, src, video])

  if (state === 'denied') return <p>You have not booked this course.</p>
  if (state === 'blocked') return <p>Your browser keeps no cookies of this site.</p>
  return (
    <>
      <video ref={setVideo} controls muted autoPlay loop playsInline />
      <p>Access: <output>{error?.message ?? state}</output>, renewed {renewals} times</p>
    </>
  )
}
