import type { EpochSeconds } from '../time.js'
import { textOf, type Arguments } from './arguments.js'
import type { Capture } from './capture.js'
import { captureFromJar, isCookieJar, readCookieJar } from './cookie-jar.js'
import { isCurl, readCurl } from './curl.js'
import { isHar, isRefused, readHar } from './har.js'
import { secondOf, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** How a text is read, by the option that names its file. */
const readers: Readonly<Record<string, (text: string, asked: Asked) => Capture[]>> = {
  har: (text, { url }) => chosenOf(readHar(text), url),
  curl: (text) => [readCurl(text)],
  'cookie-jar': readJar
}

interface Asked {
  readonly url: string | undefined
  readonly method: string | undefined
  readonly now: EpochSeconds
}

/**
 * The requests that a command is asked about: a URL with the cookies of an option, of a file, or of
 * the standard input, whatever form those have.
 *
 * @throws UsageError
 */
export async function readCaptures (given: Arguments, terminal: Terminal): Promise<Capture[]> {
  const [url, ...more] = given.positionals.filter((word) => word !== '-')
  if (more.length > 0) throw new UsageError('More than one URL: ask about one at a time')
  const asked = { url, method: textOf(given, 'method'), now: secondOf(terminal) }
  const cookies = textOf(given, 'cookie')
  const files = Object.keys(readers).flatMap((option) => {
    const file = textOf(given, option)
    return file === undefined ? [] : [{ option, file }]
  })
  if (files.length + (cookies === undefined ? 0 : 1) > 1) {
    throw new UsageError('Cookies come from one place: --cookie, --cookie-jar, --har or --curl')
  }
  if (cookies !== undefined && pairsOf(cookies.trim()) === '') {
    throw new UsageError(
      '--cookie is empty: is the variable set? Leave it out to ask about a request without cookies'
    )
  }
  const [source] = files
  const captures = source !== undefined
    ? readers[source.option]!(await readText(source, terminal), asked)
    : cookies !== undefined
    ? [{ method: 'GET', url, cookies: pairsOf(cookies.trim()) }]
    : await fromInput(given, terminal, asked)
  const { method } = asked
  return method === undefined
    ? captures
    : captures.map((capture) => Object.assign({}, capture, { method }))
}

async function fromInput (given: Arguments, terminal: Terminal, asked: Asked): Promise<Capture[]> {
  const wanted = given.positionals.includes('-') || asked.url === undefined
  const text = wanted ? await terminal.readInput() : undefined
  if (text === undefined || text.trim() === '') {
    if (asked.url === undefined) {
      throw new UsageError('Nothing to look at: give a URL, cookies, or a file, or pipe one in')
    }
    return [{ method: 'GET', url: asked.url, cookies: undefined }]
  }
  return readAny(text, asked)
}

/** Recognises what was piped in. */
function readAny (text: string, asked: Asked): Capture[] {
  const form = isHar(text) ? 'har' : isCurl(text) ? 'curl' : isCookieJar(text) ? 'cookie-jar' : ''
  const read = readers[form]
  if (read !== undefined) return read(text, asked)
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  const urls = lines.filter((line) => /^https?:\/\//i.test(line))
  const cookies = lines.filter((line) => !urls.includes(line)).map(pairsOf).join('; ')
  return [{
    method: 'GET',
    url: asked.url ?? urls[0],
    cookies: cookies === '' ? undefined : cookies
  }]
}

/** The pairs of a `Cookie` header, or the one of a `Set-Cookie` line, as they are pasted. */
function pairsOf (line: string): string {
  const [, set] = /^set-cookie:\s*([^;]*)/i.exec(line) ?? []
  return set ?? line.replace(/^cookie:\s*/i, '')
}

function readJar (text: string, { url, now }: Asked): Capture[] {
  const jar = readCookieJar(text)
  if (url !== undefined && URL.canParse(url)) return [captureFromJar(jar, url, now)]
  const cookies = jar.map(({ name, value }) => `${name}=${value}`).join('; ')
  return [{ method: 'GET', url, cookies: cookies === '' ? undefined : cookies }]
}

/** The refused requests, or those to the URL that is named. */
function chosenOf (captures: readonly Capture[], url: string | undefined): Capture[] {
  const chosen = url === undefined
    ? captures.filter(isRefused)
    : captures.filter((capture) => capture.url === url)
  const first = chosen[0] ??
    captures.find(({ url: own }) => url !== undefined && own?.split('?', 1)[0] === url)
  if (first === undefined) {
    throw new UsageError(
      url === undefined
        ? 'No request in the HAR file was refused: name the one that you mean by its URL'
        : 'The HAR file has no request to this URL'
    )
  }
  return chosen.length === 0 ? [first] : chosen
}

async function readText (
  { option, file }: { option: string, file: string },
  terminal: Terminal
): Promise<string> {
  if (file === '-') return await terminal.readInput() ?? ''
  // Loaded where there is a file: most of the time that a command takes is for what it loads.
  const { readFile } = await import('node:fs/promises')
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `The file of --${option} can't be read: ${(error as NodeJS.ErrnoException).code}`
    )
  }
}
