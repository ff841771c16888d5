import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { StartError } from './start-error.js'

/**
 * @typedef {object} ClaimedPort
 * @property {number} port
 * @property {() => Promise<void>} release Frees the port for the one who claimed it to listen on.
 */

/**
 * Claims one port on every address of `localhost`, so that both servers know each other's address
 * before they start, and no other program answers on the address that a browser tries first.
 *
 * @param {string} variable The variable that names this port.
 * @param {number} wanted 0 for any that is free.
 * @returns {Promise<ClaimedPort>}
 */
export async function claimPort (variable, wanted) {
  const found = await lookup('localhost', { all: true })
  const addresses = new Set(found.map(({ address }) => address))
  /** @type {import('node:net').Server[]} */
  const servers = []
  let port = wanted
  for (const address of addresses) {
    const server = createServer()
    try {
      await once(server.listen({ host: address, port, exclusive: true }), 'listening')
    } catch (error) {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') continue
      await closeAll(servers)
      const reason = code === 'EADDRINUSE' ? 'is taken' : `can't be used (${code})`
      const remedy = `Set ${variable} to another one: ${variable}=${port + 100} npm start`
      throw new StartError(`Port ${port} ${reason}. ${remedy}`)
    }
    servers.push(server)
    port = /** @type {import('node:net').AddressInfo} */ (server.address()).port
  }
  return { port, release: () => closeAll(servers) }
}

/** @param {readonly import('node:net').Server[]} servers */
async function closeAll (servers) {
  await Promise.all(servers.map(async (server) => {
    await once(server.close(), 'close')
  }))
}
