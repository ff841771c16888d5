import type { Check } from '../cdn/cdn.js'
import { codeOrKind } from '../key-ring/load-failure.js'
import { unhealthy } from './finding.js'

/** What a machine answers. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** How a machine is asked, and what is told where its name leads to none that bears it. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  readonly code: string
  readonly fix: string
}

/** A file is asked for. */
const ofCdn: Asked = {
  method: 'GET',
  code: 'alias-missing',
  fix: 'Point the name at the CDN in DNS, and add it there as an alternate domain name with a ' +
    'certificate.'
}

/** A receipt is asked for. */
export const ofApi: Asked = {
  method: 'POST',
  code: 'api-name-missing',
  fix:
    'Look whether --api names the host that viewers ask. Point the name at the API or the proxy ' +
    'before it in DNS, and give that a certificate for it.'
}

const patienceMilliseconds = 10_000

/** Asks a machine, a CDN unless it is told otherwise; or says why it can't be asked. */
export async function ask (
  url: URL,
  headers: Readonly<Record<string, string>>,
  { method, code, fix }: Asked = ofCdn
): Promise<Answer | Check> {
  try {
    const signal = AbortSignal.timeout(patienceMilliseconds)
    const reply = await fetch(url, { method, headers, redirect: 'manual', signal })
    return { status: reply.status, headers: reply.headers, text: await reply.text() }
  } catch (error) {
    const { cause = error } = error as Error
    const reason = codeOrKind(cause)
    const nameless = /ENOTFOUND|EAI_AGAIN|ALTNAME/.test(reason)
    return unhealthy(
      url.host,
      nameless ? code : 'unreachable',
      `${url.origin} can't be asked: ${reason}.`,
      nameless ? fix : 'Look whether it runs, and whether this machine may reach it.'
    )
  }
}
