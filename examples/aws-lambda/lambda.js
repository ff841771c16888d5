import awsLambdaFastify from '@fastify/aws-lambda'
import { app } from './app.js'

/** Each cookie is a member of `cookies` in a reply of API Gateway's format 2.0. */
export const handler = awsLambdaFastify(app, { payloadAsStream: false })
await app.ready()
