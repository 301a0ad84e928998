/** Returns a subject on Fastify's own server. */
export async function listenWithFastify(app) {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}
