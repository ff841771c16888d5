import t from 'tap'
import { parseTicket } from '../../src/access/ticket.js'
import { createViewer, fixedClock, startApi } from '../fixtures/site.js'

const domains = [
  'secret-value-',
  '-a',
  'a..b',
  `${'a'.repeat(64)}.com`,
  'a_b.com',
  'EXAMPLE.com',
  'a.b-',
  '.a'
]

function ticketOf (domain: string): string {
  const places = JSON.stringify([['cloudfront', domain, 0, ['/x']]])
  return `1.remains.${Buffer.from(places).toString('base64url')}`
}

t.test('takes no domain that could not be written', async (t) => {
  for (const domain of domains) t.same(parseTicket(ticketOf(domain)).places, [], domain)
  for (const domain of ['a', 'example.com', `${'a'.repeat(63)}.x-y.com`]) {
    t.equal(parseTicket(ticketOf(domain)).places[0]?.domain, domain)
  }
})

t.test('answers a viewer with such a ticket like any other', async (t) => {
  const app = await startApi(fixedClock())
  for (const domain of domains) {
    const viewer = createViewer({ 'x-user': 'ada' })
    viewer.plant(`__Host-cdn-access=${ticketOf(domain)}; Path=/; Secure`)
    t.equal((await viewer.ask(app)).status, 200, domain)
    t.equal((await viewer.ask(app, 'DELETE')).status, 204, domain)
  }
})
