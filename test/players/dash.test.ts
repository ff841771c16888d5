import t from 'tap'
import { attachDash, type DashPlayer } from '../../src/players/dash.js'
import { Emitter, openRefusingCdn, type RefusingCdn } from './refusing-cdn.js'

type Interceptor<Value> = (value: Value) => Promise<Value>

/** Loads as dash.js 5 does: interceptors around each request, three more tries, then an error. */
class Dash extends Emitter implements DashPlayer {
  readonly sent: string[] = []
  readonly #before: Array<Interceptor<{ credentials?: string }>> = []
  readonly #after: Array<Interceptor<{ status: number }>> = []
  readonly #cdn: RefusingCdn

  constructor (cdn: RefusingCdn) {
    super()
    this.#cdn = cdn
  }

  addRequestInterceptor (interceptor: Interceptor<{ credentials?: string }>): void {
    this.#before.push(interceptor)
  }

  addResponseInterceptor (interceptor: Interceptor<{ status: number }>): void {
    this.#after.push(interceptor)
  }

  async load (tries = 4): Promise<void> {
    let request: { credentials?: string } = {}
    for (const interceptor of this.#before) request = await interceptor(request)
    let response = { status: this.#cdn.status() }
    this.sent.push(`${request.credentials} ${response.status}`)
    for (const interceptor of this.#after) response = await interceptor(response)
    if (response.status === 200) return
    if (tries > 1) return this.load(tries - 1)
    this.emit('error', { error: { data: { response } } })
  }
}

t.test('the player\'s own next try waits for a forced refresh', async (t) => {
  const cdn = await openRefusingCdn(t)
  const dash = new Dash(cdn)
  attachDash(dash, cdn.access)
  await dash.load()
  t.strictSame(dash.sent, ['include 403', 'include 200'])
  t.equal(cdn.api.methods, 'GP')
})

t.test('gives up with an event where the CDN refuses for good', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const dash = new Dash(cdn)
  attachDash(dash, cdn.access)
  await dash.load()
  await cdn.device.pass(0)
  t.equal(dash.sent.length, 4)
  t.equal(cdn.api.methods, 'GP')
  t.strictSame(cdn.given, [dash])
})

t.test('asks without access where there is none to be had, and other errors pass', async (t) => {
  const cdn = await openRefusingCdn(t, 99)
  const dash = new Dash(cdn)
  attachDash(dash, cdn.access)
  cdn.access.stop()
  await dash.load()
  dash.emit('error', {})
  dash.emit('error', { error: { data: null } })
  await cdn.device.pass(0)
  t.equal(cdn.api.methods, 'G')
  t.strictSame(cdn.given, [dash])
})
