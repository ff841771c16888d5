import type { Capture } from './capture.js'
import { UsageError } from './usage-error.js'

/** True of a command as a browser's "Copy as cURL" writes it. */
export function isCurl (text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text)
}

/** Options that take a value and say nothing about cookies. */
const withValue = new Set(
  ('-A --user-agent -e --referer -d --data --data-raw --data-binary --data-urlencode -F --form -o ' +
    '--output -u --user -x --proxy -T --upload-file --resolve --connect-timeout -m --max-time ' +
    '--cacert --cert --key -c --cookie-jar --retry -r --range -w --write-out').split(' ')
)

/**
 * Reads a `curl` command as browsers copy it, for bash and for cmd.
 *
 * @throws UsageError
 */
export function readCurl (text: string): Capture {
  const words = wordsOf(text.trim().replace(/^\$\s+/, ''))
  const cookies: string[] = []
  let method: string | undefined
  let url: string | undefined
  let sendsBody = false
  for (let at = 1; at < words.length; at++) {
    const [option, own] = cutOption(words[at]!)
    const value = (): string => own ?? words[++at] ?? ''
    if (option === '-H' || option === '--header') {
      const [, cookie] = /^cookie:\s*(.*)$/is.exec(value()) ?? []
      if (cookie !== undefined) cookies.push(cookie)
    } else if (option === '-b' || option === '--cookie') {
      cookies.push(value())
    } else if (option === '-X' || option === '--request') {
      method = value()
    } else if (option === '--url') {
      url = value()
    } else if (option === '-I' || option === '--head') {
      method = 'HEAD'
    } else if (withValue.has(option)) {
      sendsBody ||= /^(?:-d|--data|-F|--form)/.test(option)
      value()
    } else if (!option.startsWith('-')) {
      url ??= option
    }
  }
  if (url === undefined) throw new UsageError('The curl command has no URL')
  return {
    method: method ?? (sendsBody ? 'POST' : 'GET'),
    url,
    cookies: cookies.length === 0 ? undefined : cookies.join('; ')
  }
}

/** `--cookie=a` and `-bA` have their value in themselves. */
function cutOption (word: string): [option: string, value?: string] {
  const [, long, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? []
  if (long !== undefined) return [long, value!]
  return /^-[A-Za-z]./.test(word) && !word.startsWith('--')
    ? [word.slice(0, 2), word.slice(2)]
    : [word]
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** The words of a command line, in bash's quotes, or in cmd's with its `^`. */
function wordsOf (text: string): string[] {
  const line = /\^"/.test(text)
    ? text.replace(/\^\r?\n/g, ' ').replace(/\^(.)/gs, '$1')
    : text.replace(/\\\r?\n/g, ' ')
  const part = /\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gs
  const words: string[] = []
  let end = -1
  for (const match of line.matchAll(part)) {
    const [whole, ansi, single, double, escaped, bare] = match
    const value = ansi?.replace(/\\(u[0-9a-f]{4}|x[0-9a-f]{2}|.)/gis, unescape) ?? single ??
      double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare!
    if (match.index === end) words.push(words.pop()! + value)
    else words.push(value)
    end = match.index + whole.length
  }
  return words
}

function unescape (_: string, escape: string): string {
  return escape.length > 1
    ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    : escapes[escape] ?? escape
}
