'use client'

import { useCdnAccess } from 'fastify-cdn-access/react'
import { useEffect, useState } from 'react'

/** Shows a file of the CDN once there is access. On a server the state is `idle`. */
export function Notes ({ src }) {
  const [text, setText] = useState('')
  const { state, access } = useCdnAccess({ url: '/api/cdn-access' })

  useEffect(() => {
    if (state !== 'fresh' || access === undefined) return undefined
    const leaving = new AbortController()
    access.fetch(src, { signal: leaving.signal })
      .then(async (reply) => setText(await reply.text()))
      .catch((error) => {
        if (!leaving.signal.aborted) setText(error.message)
      })
    return () => leaving.abort()
  }, [state, access, src])

  if (state === 'denied') return <p>You have not booked this course.</p>
  return (
    <>
      <p>Access: <output>{state}</output></p>
      <pre>{text}</pre>
    </>
  )
}
