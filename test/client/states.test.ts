import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { denial, heldReply, receipt, refusal } from './api.js'
import { settle } from './device.js'
import { openPage, type Page } from './page.js'

const page = readFileSync(`${process.cwd()}/docs/client.md`, 'utf8')
const lines = page.slice(page.indexOf('### What leads where')).split('\n').slice(2)
const [head, , ...rows] = lines.slice(0, lines.indexOf('')).map((line) =>
  line.split('|').slice(1, -1).map((cell) => cell.trim())
)

/** A page in a state, and what answers the request that is under way in it. */
interface Case extends Page {
  readonly answer: (reply: () => Response) => Promise<void>
}

const badArea = (): Response => refusal(400, { code: 'CDN_ACCESS_AREA_INVALID' })

async function enter (t: Test, state: string): Promise<Case> {
  const held = heldReply()
  const tab = await openPage(t)
  const ask = async (reply: () => Response): Promise<void> => {
    tab.api.answer = reply
    await tab.access.refresh().catch(() => {})
  }
  const lapseInto = async (reply: () => Response): Promise<void> => {
    tab.device.sleep(700)
    await ask(reply)
  }
  const ways: Record<string, () => Promise<void> | void> = {
    idle: () => tab.access.stop(),
    refreshing: () => {
      tab.device.sleep(700)
      tab.api.answer = () => held.reply
      void tab.access.refresh().catch(() => {})
    },
    fresh: () => {},
    stale: () => lapseInto(() => refusal(500)),
    misdirected: () => lapseInto(badArea),
    denied: () => ask(denial),
    blocked: async () => {
      await ask(() => receipt({ status: 'issued' }))
      await tab.device.pass(5)
    }
  }
  tab.luck = state === 'stale' ? 0.9 : 0
  await ways[state]!()
  await settle()
  t.equal(tab.access.state, state, 'it is in that state')
  const release = async (reply: () => Response): Promise<void> => held.release(reply())
  return { ...tab, answer: state === 'refreshing' ? release : ask }
}

const url = 'https://www.example.com/cdn-access'
const say = ({ device }: Page, ...what: unknown[]): void => {
  for (const channel of device.channels) {
    channel.onmessage?.(new MessageEvent('message', { data: [url, ...what] }))
  }
}

const events: Record<string, (tab: Case) => unknown> = {
  '`refresh()` asks': ({ api, access }) => {
    api.answer = () => heldReply().reply
    void access.refresh().catch(() => {})
  },
  'a receipt': ({ answer }) => answer(receipt),
  'a failure': ({ answer }) => answer(() => refusal(500)),
  'a denial': ({ answer }) => answer(denial),
  'no receipt to be had': ({ answer }) => answer(badArea),
  'no network until access is over': ({ api, device }) => {
    api.answer = () => Promise.reject(new TypeError('no network'))
    return device.pass(700)
  },
  'a receipt of another tab': async (tab) => say(tab, await receipt().json(), tab.device.wall),
  'the CDN gives to `fetch()`': ({ access }) => access.fetch('https://media.example.com/1.ts'),
  '`stop()`': ({ access }) => access.stop(),
  '`end()` in another tab': (tab) => say(tab, null)
}

t.test('the table has each state and each event', async (t) => {
  t.strictSame(head!.slice(1), Object.keys(events))
  t.strictSame(rows.map(([state]) => state), [
    '`idle`',
    '`refreshing`',
    '`fresh`',
    '`stale`',
    '`misdirected`',
    '`denied`',
    '`blocked`'
  ])
})

for (const [state, ...cells] of rows) {
  for (const [column, cell] of cells.entries()) {
    const event = head![column + 1]!
    t.test(`${state}: ${event} leads to ${cell}`, async (t) => {
      const tab = await enter(t, state!.replaceAll('`', ''))
      await events[event]!(tab)
      await settle()
      t.equal(`\`${tab.access.state}\``, cell)
    })
  }
}
