/** @type {import('fastify').FastifyPluginAsync} */
export default async function logout (fastify) {
  fastify.post('/logout', async (_request, reply) => reply.clearCdnAccess().code(204).send())
}
