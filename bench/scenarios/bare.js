import Fastify from 'fastify'
import { expiryFromNow, receiptOf, routeOptions } from '../reply.js'

/** Fastify alone, with the same JSON. */
export async function build () {
  const app = Fastify({ logger: false })
  app.get('/cdn-access', routeOptions, async () => receiptOf('issued', expiryFromNow()))
  return app
}
