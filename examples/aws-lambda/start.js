import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Calls the function with each event in turn, as API Gateway would: no account, a key of its own. */
const [...files] = process.argv.slice(2)
if (files.length === 0) files.push('event.json')
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
})
Object.assign(process.env, {
  MEDIA_URL: 'https://media.example.com',
  MEDIA_KEY_ID: 'KDEMO',
  MEDIA_KEY: privateKey,
  COOKIE_DOMAIN: 'example.com'
})
const { handler } = await import('./lambda.js')
for (const file of files) {
  const event = JSON.parse(await readFile(file, 'utf8'))
  console.log(JSON.stringify(await handler(event, {}), null, 2))
}
process.exit()
