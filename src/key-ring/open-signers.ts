import * as errors from '../errors.js'
import { isFields } from '../input/fields.js'
import { isSignerToOpen, type ExternalSigner, type SignerToOpen } from '../keys/private-key.js'
import { errorKind, isOwnError } from './load-failure.js'

/** A reload that yields the same object asks nobody. What failed is not kept. */
const opened = new WeakMap<SignerToOpen, Promise<unknown>>()

/** What opening is told beside the signer. */
interface Opening {
  readonly cdn: string
  readonly signal: AbortSignal
  /** Resolves when the signal is aborted: one listener, however many signers there are. */
  readonly aborted: Promise<void>
}

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
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve()
    }, { once: true })
  })
  return Promise.all(entries.map((entry) => openEntry(entry, { cdn, signal, aborted })))
}

async function openEntry (entry: unknown, opening: Opening): Promise<unknown> {
  if (!isFields(entry) || !Object.values(entry).some(isSignerToOpen)) return entry
  const fields = Object.entries(entry).map(async ([field, value]) => [
    field,
    isSignerToOpen(value) ? await openSigner(value, field, opening) : value
  ])
  return Object.fromEntries(await Promise.all(fields)) as unknown
}

async function openSigner (
  signer: SignerToOpen,
  field: string,
  { cdn, signal, aborted }: Opening
): Promise<ExternalSigner> {
  const refuse = (why: string): Error => new errors.CDN_ACCESS_SIGNER_UNOPENED(field, cdn, why)
  let settled = false
  const late = async (): Promise<never> => {
    await aborted
    // It may never answer, and is asked anew the next time.
    if (!settled) opened.delete(signer)
    throw refuse('it does not answer in time')
  }
  const signing = await Promise.race([openOnce(signer, signal), late()]).catch((cause: unknown) => {
    throw isOwnError(cause) ? cause : refuse(`it failed with ${errorKind(cause)}`)
  }).finally(() => {
    settled = true
  })
  if (!isFields(signing) || !('publicKey' in signing) || typeof signing['sign'] !== 'function') {
    throw refuse('its "open" must yield { sign, publicKey }, where "sign" is a function')
  }
  return signing as unknown as ExternalSigner
}

function openOnce (signer: SignerToOpen, signal: AbortSignal): Promise<unknown> {
  const known = opened.get(signer)
  if (known !== undefined) return known
  const opening = (async () => signer.open({ signal }))()
  opened.set(signer, opening)
  opening.catch(() => opened.delete(signer))
  return opening
}
