import * as errors from '../errors.js'
import { isFields } from '../input/fields.js'
import { isSignerToOpen, type ExternalSigner, type SignerToOpen } from '../keys/private-key.js'
import { errorKind, isOwnError } from './load-failure.js'

/** A reload that yields the same object asks nobody. What failed is not kept. */
const opened = new WeakMap<SignerToOpen, Promise<unknown>>()

/**
 * The entries with each signer that has to be opened in its opened form, several at once.
 *
 * @throws CDN_ACCESS_SIGNER_UNOPENED, and what a signer throws that is of this package
 */
export async function openSigners (
  entries: readonly unknown[],
  cdn: string,
  signal: AbortSignal
): Promise<readonly unknown[]> {
  return Promise.all(entries.map((entry) => openEntry(entry, cdn, signal)))
}

async function openEntry (entry: unknown, cdn: string, signal: AbortSignal): Promise<unknown> {
  if (!isFields(entry) || !Object.values(entry).some(isSignerToOpen)) return entry
  const fields = Object.entries(entry).map(async ([field, value]) => [
    field,
    isSignerToOpen(value) ? await openSigner(value, { field, cdn, signal }) : value
  ])
  return Object.fromEntries(await Promise.all(fields)) as unknown
}

async function openSigner (
  signer: SignerToOpen,
  { field, cdn, signal }: { field: string, cdn: string, signal: AbortSignal }
): Promise<ExternalSigner> {
  const refuse = (why: string): Error => new errors.CDN_ACCESS_SIGNER_UNOPENED(field, cdn, why)
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(refuse('it does not answer in time'))
    }, { once: true })
  })
  const signing = await Promise.race([openOnce(signer, signal), late]).catch((cause: unknown) => {
    throw isOwnError(cause) ? cause : refuse(`it failed with ${errorKind(cause)}`)
  })
  if (!isFields(signing) || !('publicKey' in signing) || typeof signing['sign'] !== 'function') {
    throw refuse('its "open" must yield { sign, publicKey }, where "sign" is a function')
  }
  return signing as unknown as ExternalSigner
}

/** One that is given up is asked anew the next time, for it may never answer. */
function openOnce (signer: SignerToOpen, signal: AbortSignal): Promise<unknown> {
  const known = opened.get(signer)
  if (known !== undefined) return known
  const forget = (): void => {
    opened.delete(signer)
  }
  const opening = (async () => signer.open({ signal }))()
  opened.set(signer, opening)
  signal.addEventListener('abort', forget, { once: true })
  opening.catch(forget).finally(() => {
    signal.removeEventListener('abort', forget)
  })
  return opening
}
