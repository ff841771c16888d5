/** What a policy asks of a request. */
export interface Conditions {
  /**
   * Missing in a canned policy, which is made from the request's own URL, and in a custom one that
   * covers every URL of every distribution with this key.
   */
  readonly resource?: string
  readonly expiresAt: number
  readonly notBefore?: number
  readonly ip?: string
}

/**
 * Reads the one statement of a custom policy, or returns undefined. What restricts access and can't
 * be read makes the whole policy unreadable: it is never passed over.
 */
export function readConditions (bytes: Buffer): Conditions | undefined {
  try {
    const { Statement: [statement, ...others] } = JSON.parse(bytes.toString())
    const {
      Resource: resource,
      Condition: { DateLessThan, DateGreaterThan, IpAddress, ...conditions },
      ...members
    } = statement
    const expiresAt = soleMember(DateLessThan, 'AWS:EpochTime')
    const start = DateGreaterThan === undefined
      ? {}
      : { notBefore: soleMember(DateGreaterThan, 'AWS:EpochTime') }
    const address = IpAddress === undefined ? {} : { ip: soleMember(IpAddress, 'AWS:SourceIp') }
    const valid = [...others, ...Object.keys(conditions), ...Object.keys(members)].length === 0 &&
      ['string', 'undefined'].includes(typeof resource) &&
      [expiresAt, ...Object.values(start)].every(Number.isSafeInteger) &&
      Object.values(address).every((ip) => typeof ip === 'string')
    const covered = resource === undefined ? {} : { resource }
    return valid ? { ...covered, expiresAt, ...start, ...address } as Conditions : undefined
  } catch {
    return undefined
  }
}

function soleMember (record: Record<string, unknown>, name: string): unknown {
  return Object.keys(record).length === 1 ? record[name] : undefined
}
