import { createCdnAccess } from 'fastify-cdn-access/client'

export async function play (video: HTMLVideoElement): Promise<void> {
  using access = createCdnAccess()
  const disposable: Disposable = access
  await access.ensure()
  await video.play()
  disposable[Symbol.dispose]()
}
