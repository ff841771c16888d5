import 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    config: { COURSE: string, EDGE_PUBLIC_KEY: string }
  }
}
