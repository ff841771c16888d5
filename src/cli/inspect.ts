import type { Inspection } from '../cdn/inspection.js'
import { refusalFixes } from '../cdn/refusal-codes.js'
import { shownTime, type EpochSeconds } from '../time.js'
import type { Arguments } from './arguments.js'
import { credentialsOf, shownUrl, type Capture } from './capture.js'
import { readCaptures } from './captures.js'
import type { ExitCode } from './command.js'
import { paintFor, printable, secondOf, type Paint, type Terminal } from './terminal.js'

/** `inspect`: what credentials say of themselves. */
export async function inspectCommand (given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const now = secondOf(terminal)
  const requests = (await readCaptures(given, terminal)).map((capture) => ({
    capture,
    found: credentialsOf(capture)
  }))
  if (given.flags.has('json')) {
    const shown = requests.map(({ capture: { url, cookiesRemoved = false }, found }) => ({
      ...(url === undefined ? {} : { url: shownUrl(url) }),
      cookiesRemoved,
      credentials: found
    }))
    terminal.out(`${JSON.stringify({ requests: shown }, null, 2)}\n`)
  } else {
    const paint = paintFor(terminal)
    for (const { capture, found } of requests) terminal.out(textOf(capture, found, paint, now))
  }
  return requests.some(({ found }) => found.length > 0) ? 0 : 1
}

function textOf (
  { url, cookiesRemoved }: Capture,
  found: readonly Inspection[],
  paint: Paint,
  now: EpochSeconds
): string {
  const head = url === undefined ? [] : [paint.strong(printable(shownUrl(url)))]
  if (found.length === 0) {
    const why = cookiesRemoved === true
      ? `Cookies were removed from this file. ${refusalFixes['cookies-removed']}`
      : 'There are no credentials of a CDN in it that this package knows.'
    return [...head, why, ''].join('\n')
  }
  return [...head, ...found.flatMap((one) => linesOf(one, paint, now)), ''].join('\n')
}

function linesOf (
  { cdn, kind, place, names, signer, algorithm, grants, startsAt, endsAt, address, oddities }:
    Inspection,
  paint: Paint,
  now: EpochSeconds
): string[] {
  const rows: Array<[label: string, text: string | undefined]> = [
    ['in', `${place === 'url' ? 'the URL' : 'cookies'}: ${names.join(', ')}`],
    ['signed by', signer],
    ['with', algorithm],
    ['for', grants.join('\n')],
    ['after', startsAt === undefined ? undefined : shownTime(startsAt)],
    ['until', endsAt === undefined ? undefined : `${shownTime(endsAt)} (${distance(endsAt, now)})`],
    ['from', address]
  ]
  return [
    `${paint.strong(cdn)}: ${kind}`,
    ...rows.flatMap(([label, text]) =>
      text === undefined
        ? []
        : text.split('\n').map((line) => `  ${paint.faint(label.padEnd(9))} ${printable(line)}`)
    ),
    ...oddities.flatMap(({ code, detail }) => [
      `  ${paint.bad('odd'.padEnd(9))} ${printable(detail)} [${code}]`,
      `  ${''.padEnd(9)} ${refusalFixes[code]}`
    ])
  ]
}

function distance (moment: EpochSeconds, now: EpochSeconds): string {
  return moment > now ? `in ${moment - now} s` : `ended ${now - moment} s ago`
}
