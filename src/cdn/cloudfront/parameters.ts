/** The parameters of a signed URL. */
export const policyParameters = [
  'Policy',
  'Expires',
  'Signature',
  'Key-Pair-Id',
  'Hash-Algorithm'
] as const

/** The cookies are called like the parameters, with this before each. */
export const cookiePrefix = 'CloudFront-'
