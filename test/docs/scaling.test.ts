import { readFileSync } from 'node:fs'
import t from 'tap'
import { clock, start } from '../fixtures/server.js'

const page = readFileSync('docs/scaling.md', 'utf8')
const lines = page.match(/^\|.*\|$/gm)!
const cells = (line: string): string[] => line.split('|').slice(1, -1).map((cell) => cell.trim())
const [head = [], , ...rows] = lines.map(cells)

for (const [column, title] of head.entries()) {
  const ttl = /`ttl` (\w+)/.exec(title)?.[1]
  if (ttl === undefined) continue
  t.test(`so many polls come from viewers whose access lives ${ttl}`, async (t) => {
    let now = clock
    const app = await start(t, { ttl, now: () => now * 1000 })
    let sum = 0
    const issues = 1000
    for (let issue = 0; issue < issues; issue++) {
      now += 7
      sum += (await app.inject('/cdn-access')).json().refreshIn
    }
    const mean = sum / issues
    for (const row of rows) {
      const said = Number.parseFloat(row[column]!)
      const polls = Number(row[0]!.replaceAll(',', '')) / mean
      t.ok(Math.abs(polls / said - 1) < 0.06, `${row[0]}: ${polls} where the page says ${said}`)
    }
  })
}
