import type { EpochSeconds } from '../../time.js'
import type { EdgeRequest } from '../cdn.js'
import type { Checklist } from './verdict.js'

/** What revocation goes by. */
interface Issued {
  /** 16 bytes in base64url. */
  readonly id: string
  readonly issuedAt: EpochSeconds
}

/** Refuses what was revoked since it was issued; where no store is asked, nothing is. */
export async function checkRevocation (
  list: Checklist,
  { id, issuedAt }: Issued,
  revokedSince: EdgeRequest['revokedSince']
): Promise<void> {
  if (revokedSince === undefined) return
  let since: unknown
  try {
    since = await revokedSince(id)
  } catch {
    list.unavailable('revocation', 'revocation-unknown', 'Whether it is revoked can\'t be known.')
  }
  if (since !== undefined && !(Number.isSafeInteger(since) && since as number >= 0)) {
    list.refuse('revocation', 'revocation-unreadable', 'What the store says of it is no moment.')
  }
  if (since !== undefined && issuedAt <= (since as number)) {
    list.refuse('revocation', 'revoked', 'It was issued before it was revoked, or in that second.')
  }
  list.pass('revocation', 'It is not revoked.')
}
