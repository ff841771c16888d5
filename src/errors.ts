import createError, { type FastifyErrorConstructor } from '@fastify/error'

/**
 * A class of errors with a stable `code`. Every argument fills one `%s` of the message; a last
 * argument `{ cause }` keeps the error behind it.
 */
export type CdnAccessError = FastifyErrorConstructor<{ code: string }, unknown[]>

// ---- registration -------------------------------------------------------------------------------

/** The plugin is registered twice in one scope. */
export const CDN_ACCESS_ALREADY_REGISTERED: CdnAccessError = define(
  'ALREADY_REGISTERED',
  'fastify-cdn-access is registered in this scope already: ' +
    'give one registration an array of CDNs, or put the second in a scope of its own with ' +
    'another "name" and route'
)
/** Two registrations of one server would use one ticket cookie. */
export const CDN_ACCESS_NAME_TAKEN: CdnAccessError = define(
  'NAME_TAKEN',
  'Another registration of this server already uses the ticket cookie "%s": ' +
    'give this one its own "name"'
)
/** Cookies of one name, Domain and Path overwrite each other. */
export const CDN_ACCESS_COOKIE_CONFLICT: CdnAccessError = define(
  'COOKIE_CONFLICT',
  'The CDNs "%s" and "%s" would both set the cookie "%s" on %s and overwrite each other: ' +
    'give them different values of "cookie.domain", ' +
    'or grant each its own paths with { path, cdn } in one registration'
)
/** An option has a name that nothing reads. */
export const CDN_ACCESS_OPTION_UNKNOWN: CdnAccessError = define(
  'OPTION_UNKNOWN',
  '%s has no option "%s": it takes %s'
)
/** An option has a value of the wrong type or outside its set. */
export const CDN_ACCESS_OPTION_INVALID: CdnAccessError = define(
  'OPTION_INVALID',
  'Option "%s" must be %s'
)
/** `authorize` is missing or is not a function. */
export const CDN_ACCESS_AUTHORIZE_MISSING: CdnAccessError = define(
  'AUTHORIZE_MISSING',
  'Option "authorize" must be a function of the request ' +
    'that says which paths the viewer may fetch, ' +
    'such as (request) => request.user !== undefined && [cdnPath`/u/${request.user.id}/*`]'
)
/** No CDN was given, neither in code nor in the environment. */
export const CDN_ACCESS_CDN_MISSING: CdnAccessError = define(
  'CDN_MISSING',
  'No CDN: pass "cdn", for instance cloudfront({ url, keyPairId, privateKey })%s'
)
/** An object given as a CDN does not have the shape of one. */
export const CDN_ACCESS_CDN_INVALID: CdnAccessError = define(
  'CDN_INVALID',
  'Option "cdn" must be made by a CDN factory or have the shape of a Cdn: %s'
)
/** `testCdn` found a CDN that does not keep the contract of one. */
export const CDN_ACCESS_CDN_CONTRACT: CdnAccessError = define(
  'CDN_CONTRACT',
  'The CDN "%s" breaks the contract of a CDN: %s'
)
/** Two CDNs of one registration have one name. */
export const CDN_ACCESS_CDN_NAME_TAKEN: CdnAccessError = define(
  'CDN_NAME_TAKEN',
  'Two CDNs are called "%s": give one of them another "name"'
)
/** A grant or a call names a CDN that is not registered. */
export const CDN_ACCESS_CDN_UNKNOWN: CdnAccessError = define(
  'CDN_UNKNOWN',
  'No CDN is called %s: the names are %s'
)
/** A CDN's url is not a bare scheme, host and port. */
export const CDN_ACCESS_URL_INVALID: CdnAccessError = define(
  'URL_INVALID',
  'Option "url" of %s must be a scheme, a host and a port alone, ' +
    'such as https://media.example.com: %s'
)
/** A CDN's `host` is no pattern of hosts that its format can hold, or a pattern that is too wide. */
export const CDN_ACCESS_HOST_INVALID: CdnAccessError = define(
  'HOST_INVALID',
  'Option "host" of %s %s'
)
/** `name` can't be part of a cookie's name. */
export const CDN_ACCESS_NAME_INVALID: CdnAccessError = define(
  'NAME_INVALID',
  'Option "name" must be 1 to 64 of A-Z a-z 0-9 _ -'
)
/** `route` is neither false nor an object with a url. */
export const CDN_ACCESS_ROUTE_INVALID: CdnAccessError = define('ROUTE_INVALID', 'Option "route" %s')
/** Another route already answers at the route's address. */
export const CDN_ACCESS_ROUTE_TAKEN: CdnAccessError = define(
  'ROUTE_TAKEN',
  'There is a route %s %s already: set "route.url" to another address, or "route" to false'
)
/** A `CDN_ACCESS_*` variable does not fit the schema. */
export const CDN_ACCESS_ENV_INVALID: CdnAccessError = define(
  'ENV_INVALID',
  'The environment does not fit: %s'
)

// ---- times --------------------------------------------------------------------------------------

/** The clock yields no milliseconds since 1970. */
export const CDN_ACCESS_CLOCK_INVALID: CdnAccessError = define(
  'CLOCK_INVALID',
  'Option "now" must be a clock like Date.now: it yields a %s that is no time in milliseconds%s'
)
/** A duration is neither whole seconds nor a number with a unit. */
export const CDN_ACCESS_DURATION_INVALID: CdnAccessError = define(
  'DURATION_INVALID',
  'Option "%s" must be a duration: ' +
    'whole seconds (600) or a number with a unit ("90s", "10m", "1h", "7d")'
)
/** A bare number is so large that it must be milliseconds. */
export const CDN_ACCESS_DURATION_MILLISECONDS: CdnAccessError = define(
  'DURATION_MILLISECONDS',
  'Option "%s" is a bare number over 86400: durations are seconds, not milliseconds. ' +
    'Write a longer one with a unit, such as "2d"'
)
/** `ttl` is under 5 seconds. */
export const CDN_ACCESS_TTL_TOO_SHORT: CdnAccessError = define(
  'TTL_TOO_SHORT',
  'Option "ttl" must be at least 5 seconds: clocks of servers and CDNs differ by more than that. ' +
    '10 minutes is a good start'
)
/** `expiryStep` is zero or longer than the life allows. */
export const CDN_ACCESS_EXPIRY_STEP_INVALID: CdnAccessError = define(
  'EXPIRY_STEP_INVALID',
  'Option "expiryStep" must be at least 1 second and at most a quarter of ttl: ' +
    'leave it out for a twentieth of ttl'
)
/** `refreshBefore` leaves no time in which access is fresh. */
export const CDN_ACCESS_REFRESH_BEFORE_TOO_LONG: CdnAccessError = define(
  'REFRESH_BEFORE_TOO_LONG',
  'Option "refreshBefore" plus twice "expiryStep" must not exceed ttl ' +
    '(%s + 2 * %s > %s seconds): leave it out for a quarter of ttl'
)

// ---- cookies ------------------------------------------------------------------------------------

/** `cookie.domain` was left out. */
export const CDN_ACCESS_COOKIE_DOMAIN_MISSING: CdnAccessError = define(
  'COOKIE_DOMAIN_MISSING',
  'Option "cookie.domain" is missing: ' +
    'name the parent domain that the API and the CDN share (such as "example.com"), ' +
    'or false for a cookie of the API\'s own host alone'
)
/** `cookie.domain` is not a domain name. */
export const CDN_ACCESS_COOKIE_DOMAIN_INVALID: CdnAccessError = define(
  'COOKIE_DOMAIN_INVALID',
  'Option "cookie.domain" must be a domain name without scheme, port or path, or false: %s'
)
/** `cookie.domain` does not span the CDN's host. */
export const CDN_ACCESS_COOKIE_DOMAIN_MISMATCH: CdnAccessError = define(
  'COOKIE_DOMAIN_MISMATCH',
  'Option "cookie.domain" is "%s", which does not span the CDN\'s host "%s": ' +
    'the browser would never send the cookies there. Use a parent domain of both'
)
/** `cookie.domain` is a public suffix, on which browsers refuse cookies. */
export const CDN_ACCESS_COOKIE_DOMAIN_PUBLIC: CdnAccessError = define(
  'COOKIE_DOMAIN_PUBLIC',
  'Option "cookie.domain" is "%s", a public suffix: browsers refuse such cookies. ' +
    'Put the CDN behind a name under your own domain'
)
/** `cookie.sameSite` is not one of its values, or is none without Secure. */
export const CDN_ACCESS_COOKIE_SAME_SITE: CdnAccessError = define(
  'COOKIE_SAME_SITE',
  'Option "cookie.sameSite" %s'
)
/** `cookie.secure` is true and the CDN's url is http. */
export const CDN_ACCESS_COOKIE_SECURE: CdnAccessError = define(
  'COOKIE_SECURE',
  'Option "cookie.secure" is true, but the url of "%s" is http, ' +
    'where browsers send no Secure cookie: use an https url'
)
/** `cookie.partitioned` without Secure. */
export const CDN_ACCESS_COOKIE_PARTITIONED: CdnAccessError = define(
  'COOKIE_PARTITIONED',
  'Option "cookie.partitioned" needs "cookie.secure": ' +
    'browsers drop a Partitioned cookie without Secure'
)
/** A cookie value holds a character that a cookie can't. */
export const CDN_ACCESS_COOKIE_VALUE_INVALID: CdnAccessError = define(
  'COOKIE_VALUE_INVALID',
  'The CDN "%s" made a value for the cookie "%s" with a character that is not a cookie octet ' +
    '(RFC 6265): a path, a claim or an option holds what this format can\'t'
)
/** A cookie is longer than browsers keep. */
export const CDN_ACCESS_COOKIE_TOO_LARGE: CdnAccessError = define(
  'COOKIE_TOO_LARGE',
  'The cookie "%s" would be %s bytes, and browsers keep %s: ' +
    'grant fewer or shorter paths, or a common prefix'
)
/** All cookies of a reply together are larger than proxies take. */
export const CDN_ACCESS_COOKIES_TOO_LARGE: CdnAccessError = define(
  'COOKIES_TOO_LARGE',
  'This grant needs %s bytes of Set-Cookie lines, over %s: proxies would answer 502. It has ' +
    '%s paths, and about %s of them fit. %sGrant one common prefix in place of many paths'
)
/** Earlier cookies had to be cleared before others can be set. */
export const CDN_ACCESS_CLEARING_FIRST: CdnAccessError = define(
  'CLEARING_FIRST',
  'The cookies of an earlier grant leave no room for others, and are cleared first: ask again',
  503
)
/** A grant's cookie paths do not fit into the ticket. */
export const CDN_ACCESS_TICKET_TOO_LARGE: CdnAccessError = define(
  'TICKET_TOO_LARGE',
  'This grant has more cookie paths than the ticket can list: ' +
    'at most 16, of 256 bytes each, in a cookie of 1024 bytes. Grant a common prefix'
)
/** A cookie path is too long. */
export const CDN_ACCESS_COOKIE_PATH_INVALID: CdnAccessError = define(
  'COOKIE_PATH_INVALID',
  'The cookie path of "%s" must be at most 1000 bytes and hold no ";": grant a shorter prefix'
)

// ---- paths and grants ---------------------------------------------------------------------------

/** A path does not fit the grammar. */
export const CDN_ACCESS_PATH_INVALID: CdnAccessError = define('PATH_INVALID', 'The path "%s" %s')
/** A plain string holds a wildcard. */
export const CDN_ACCESS_PATH_WILDCARD: CdnAccessError = define(
  'PATH_WILDCARD',
  'The path "%s" holds a wildcard in a plain string: ' +
    'make it with the cdnPath tag, such as cdnPath`/u/${id}/*`, so that no value can widen it'
)
/** A value put into a path can't be one segment of it. */
export const CDN_ACCESS_PATH_SEGMENT_INVALID: CdnAccessError = define(
  'PATH_SEGMENT_INVALID',
  'Value %s of cdnPath %s It must be a non-empty well-formed string, a safe integer or a bigint, ' +
    'be neither "." nor "..", and hold no slash, backslash or NUL: grant a hash of such a value'
)
/** Two paths of a grant would send the browser's cookies into each other's way. */
export const CDN_ACCESS_PATH_OVERLAP: CdnAccessError = define(
  'PATH_OVERLAP',
  'The paths "%s" and "%s" overlap at "%s": ' +
    'a viewer would send two cookies of one name, and which one counts is not defined. %s'
)
/** A CDN's format can't hold a path, or would widen it. */
export const CDN_ACCESS_PATH_UNSUPPORTED: CdnAccessError = define(
  'PATH_UNSUPPORTED',
  'The CDN "%s" can\'t hold the path "%s": %s'
)
/** A CDN's format can't hold a part of a grant. */
export const CDN_ACCESS_GRANT_UNSUPPORTED: CdnAccessError = define(
  'GRANT_UNSUPPORTED',
  'The CDN "%s" can\'t hold "%s" of a grant: %s'
)
/** `authorize` returned something that is neither a denial nor a grant. */
export const CDN_ACCESS_GRANT_INVALID: CdnAccessError = define(
  'GRANT_INVALID',
  'authorize must return a falsy value, true, an array of paths, ' +
    'or { paths, ttl, until, notBefore, ip, claims }: %s'
)
/** A grant's address is no single public address. */
export const CDN_ACCESS_IP_INVALID: CdnAccessError = define('IP_INVALID', 'The grant\'s "ip" %s')

// ---- keys ---------------------------------------------------------------------------------------

/** A CDN has neither a key nor a source of keys. */
export const CDN_ACCESS_KEYS_MISSING: CdnAccessError = define(
  'KEYS_MISSING',
  'The CDN "%s" has no key: give %s, or "keys" with at least one entry or a source'
)
/** A key entry is not an object, or holds a field that nothing reads. */
export const CDN_ACCESS_KEY_ENTRY_INVALID: CdnAccessError = define(
  'KEY_ENTRY_INVALID',
  'A key entry of "%s" %s'
)
/** A key's id is missing or has characters that can't be in one. */
export const CDN_ACCESS_KEY_ID_INVALID: CdnAccessError = define('KEY_ID_INVALID', '"%s" must be %s')
/** The text is no key in any form that is understood. */
export const CDN_ACCESS_KEY_UNREADABLE: CdnAccessError = define(
  'KEY_UNREADABLE',
  '"%s" can\'t be read as a key: %s'
)
/** A key is encrypted and the passphrase is missing or wrong. */
export const CDN_ACCESS_KEY_ENCRYPTED: CdnAccessError = define(
  'KEY_ENCRYPTED',
  '"%s" is encrypted and its "passphrase" is %s'
)
/** A public key or a certificate stands where a private key is needed. */
export const CDN_ACCESS_KEY_PUBLIC: CdnAccessError = define(
  'KEY_PUBLIC',
  '"%s" is a %s: signing needs the private key. To verify alone, give it as "publicKey"'
)
/** A key's type, size or curve is not one that the CDN takes. */
export const CDN_ACCESS_KEY_TYPE: CdnAccessError = define(
  'KEY_TYPE',
  '"%s" is %s, and the CDN takes %s'
)
/** A key can't be used with the hash that was asked for. */
export const CDN_ACCESS_KEY_ALGORITHM: CdnAccessError = define(
  'KEY_ALGORITHM',
  '"%s" is %s, which can\'t be used with %s: %s'
)
/** A key's `notBefore` or `notAfter` is no moment, or the two are in the wrong order. */
export const CDN_ACCESS_KEY_VALIDITY_INVALID: CdnAccessError = define(
  'KEY_VALIDITY_INVALID',
  'A key\'s "%s" must be %s'
)
/** The public key of an entry is not the one of its private key. */
export const CDN_ACCESS_KEY_MISMATCH: CdnAccessError = define(
  'KEY_MISMATCH',
  '"%s" and "publicKey" are not a pair'
)
/** A symmetric secret is too short or not in the form that the CDN uses. */
export const CDN_ACCESS_KEY_SECRET_INVALID: CdnAccessError = define(
  'KEY_SECRET_INVALID',
  '"%s" must be %s'
)
/** A source of keys is neither a file nor a loader, or its interval is wrong. */
export const CDN_ACCESS_KEY_SOURCE_INVALID: CdnAccessError = define(
  'KEY_SOURCE_INVALID',
  'Option "keys" of "%s" %s'
)
/** Two entries have one id. */
export const CDN_ACCESS_KEY_ID_TAKEN: CdnAccessError = define(
  'KEY_ID_TAKEN',
  'Two keys of "%s" have the id "%s": each key of a ring needs its own'
)
/** A ring has more keys than its CDN takes. */
export const CDN_ACCESS_KEYS_TOO_MANY: CdnAccessError = define(
  'KEYS_TOO_MANY',
  'The ring of "%s" has %s keys, and the CDN takes %s at most: take out those that sign no more'
)
/** A signer that has to be opened could not be, or yielded no signer. */
export const CDN_ACCESS_SIGNER_UNOPENED: CdnAccessError = define(
  'SIGNER_UNOPENED',
  'The signer "%s" of "%s" could not be opened: %s'
)
/** A source of keys failed, or yielded nothing usable. */
export const CDN_ACCESS_KEY_LOAD_FAILED: CdnAccessError = define(
  'KEY_LOAD_FAILED',
  'The keys of "%s" could not be loaded: %s'
)
/** A client that is an optional peer is used and not installed. */
export const CDN_ACCESS_PEER_MISSING: CdnAccessError = define(
  'PEER_MISSING',
  '%s needs the package %s, which is not installed: npm install %s'
)
/** A folder of keys is missing, empty, or holds what can't be told apart. */
export const CDN_ACCESS_KEY_FOLDER_INVALID: CdnAccessError = define(
  'KEY_FOLDER_INVALID',
  'The folder of keys %s'
)
/** A secret of a secrets manager can't be had, or holds no key entries. */
export const CDN_ACCESS_SECRET_UNREADABLE: CdnAccessError = define(
  'SECRET_UNREADABLE',
  'The secret of %s can\'t be used: %s'
)
/** A signer elsewhere refuses, or its key is of no use here. */
export const CDN_ACCESS_SIGNER_FAILED: CdnAccessError = define(
  'SIGNER_FAILED',
  'The signer %s failed: %s'
)
/** A signer elsewhere gave no answer in its time, retries included. */
export const CDN_ACCESS_SIGNER_TIMEOUT: CdnAccessError = define(
  'SIGNER_TIMEOUT',
  'The signer %s gave no answer within its "timeout" of %s s (%s): try again later',
  503
)
/** A file of keys is missing, too large, or no regular file. */
export const CDN_ACCESS_KEY_FILE_UNREADABLE: CdnAccessError = define(
  'KEY_FILE_UNREADABLE',
  '"%s" names a file that can\'t be read: %s'
)
/** A key's signer did not answer when it had to prove the key. */
export const CDN_ACCESS_KEY_PROOF_TIMEOUT: CdnAccessError = define(
  'KEY_PROOF_TIMEOUT',
  'The key "%s" of "%s" did not sign a trial grant within %s s: ' +
    'its sign function does not answer'
)
/** A key signed and its own signature was then refused. */
export const CDN_ACCESS_KEY_PROOF_FAILED: CdnAccessError = define(
  'KEY_PROOF_FAILED',
  'The key "%s" of "%s" signed a trial grant that its own check refuses (%s): ' +
    'the key, or the sign function, is not what it says'
)
/** Signing was asked of a ring that only verifies. */
export const CDN_ACCESS_VERIFY_ONLY: CdnAccessError = define(
  'VERIFY_ONLY',
  'No key of "%s" can sign: its entries have public keys alone. Add one with "privateKey"'
)
/** There is no key to sign with at this moment. */
export const CDN_ACCESS_KEY_UNAVAILABLE: CdnAccessError = define(
  'KEY_UNAVAILABLE',
  'There is no key to sign with at this moment: try again later',
  503
)

// ---- CloudFront distributions -------------------------------------------------------------------

/** The account of the credentials has no distribution of this id. */
export const CDN_ACCESS_DISTRIBUTION_UNKNOWN: CdnAccessError = define(
  'DISTRIBUTION_UNKNOWN',
  'There is no CloudFront distribution "%s" in the account of these credentials: compare its id, ' +
    'and the account'
)
/** The credentials may not read a distribution, or the keys that it trusts. */
export const CDN_ACCESS_DISTRIBUTION_DENIED: CdnAccessError = define(
  'DISTRIBUTION_DENIED',
  'The CloudFront distribution "%s" may not be read: AWS denies cloudfront:%s. ' +
    'Allow cloudfront:GetDistribution, cloudfront:GetKeyGroup and cloudfront:GetPublicKey'
)
/** CloudFront gave no answer about a distribution, or none that can be read. */
export const CDN_ACCESS_DISTRIBUTION_UNAVAILABLE: CdnAccessError = define(
  'DISTRIBUTION_UNAVAILABLE',
  'The CloudFront distribution "%s" could not be looked up: %s'
)
/** A distribution is disabled. */
export const CDN_ACCESS_DISTRIBUTION_DISABLED: CdnAccessError = define(
  'DISTRIBUTION_DISABLED',
  'The CloudFront distribution "%s" is disabled and answers nobody: enable it'
)
/** No behaviour of a distribution asks viewers for access by a key that can be compared. */
export const CDN_ACCESS_DISTRIBUTION_OPEN: CdnAccessError = define(
  'DISTRIBUTION_OPEN',
  'No behaviour of the CloudFront distribution "%s" %s'
)
/** A distribution can't be asked at the name that was given, or has none that can be taken. */
export const CDN_ACCESS_DISTRIBUTION_ALIAS: CdnAccessError = define(
  'DISTRIBUTION_ALIAS',
  'The CloudFront distribution "%s" %s'
)
/** No key that a distribution trusts is the private key's. */
export const CDN_ACCESS_DISTRIBUTION_KEY_UNKNOWN: CdnAccessError = define(
  'DISTRIBUTION_KEY_UNKNOWN',
  'The CloudFront distribution "%s" trusts no key that is the public half of "privateKey": it ' +
    'trusts %s. Add the public half to a trusted key group, or give the private key of one of these'
)

// ---- replies ------------------------------------------------------------------------------------

/** `authorize` denied the viewer. */
export const CDN_ACCESS_DENIED: CdnAccessError = define('DENIED', 'Access denied', 403)
/** Access was cleared on a reply while it was being issued on it. */
export const CDN_ACCESS_CLEARED: CdnAccessError = define(
  'CLEARED',
  'Access was cleared on this reply while it was being issued: await issueCdnAccess() before you call ' +
    'clearCdnAccess()'
)
/** What the option `area` answered for a request is no area. */
export const CDN_ACCESS_AREA_INVALID: CdnAccessError = define(
  'AREA_INVALID',
  'The request asks for an area that can\'t be: %s. An area is a text of 1 to 256 characters, or ' +
    'undefined for all that the viewer may fetch',
  400
)
/** A client asked for cookies as values, which it may not have. */
export const CDN_ACCESS_VALUES_REFUSED: CdnAccessError = define(
  'VALUES_REFUSED',
  'Cookies are not given as values here: %s',
  406
)
/** A page of another site asks the route by a link, a form or a picture. */
export const CDN_ACCESS_CROSS_SITE: CdnAccessError = define(
  'CROSS_SITE',
  'A page of another site asked by a link, a form or a picture: this address is for scripts',
  403
)
/** Access was issued or cleared on a reply that is on its way already. */
export const CDN_ACCESS_REPLY_SENT: CdnAccessError = define(
  'REPLY_SENT',
  'The reply was sent already: await issueCdnAccess() and call clearCdnAccess() before you send it'
)
/** More grants wait to be signed than can be signed in time. */
export const CDN_ACCESS_BUSY: CdnAccessError = define(
  'BUSY',
  'More grants wait to be signed than can be signed in time: try again later',
  503
)
/** A signer did not answer in time. */
export const CDN_ACCESS_SIGN_TIMEOUT: CdnAccessError = define(
  'SIGN_TIMEOUT',
  'Signing took longer than "signTimeout" (%s s): try again later',
  503
)
/** A signer elsewhere gave a signature that its public key does not fit. */
export const CDN_ACCESS_SIGNATURE_WRONG: CdnAccessError = define(
  'SIGNATURE_WRONG',
  'A sign function of "%s" gave a signature that does not fit its "publicKey": it signs with ' +
    'another key, other data, or in another form'
)
/** A CDN's `sign` failed. */
export const CDN_ACCESS_SIGN_FAILED: CdnAccessError = define(
  'SIGN_FAILED',
  'The CDN "%s" could not sign: its signer failed with %s'
)
/** A CDN's format has no signed URLs, or none of the kind that was asked for. */
export const CDN_ACCESS_SIGNED_URL_UNSUPPORTED: CdnAccessError = define(
  'SIGNED_URL_UNSUPPORTED',
  'The CDN "%s" can\'t sign this URL: %s'
)

// ---- revocation ---------------------------------------------------------------------------------

/** `revoke` was called, or a revocable URL asked for, and there is no option `revocation`. */
export const CDN_ACCESS_REVOCATION_MISSING: CdnAccessError = define(
  'REVOCATION_MISSING',
  '%s needs the option "revocation", such as { id: (request) => request.user?.id, ' +
    'store: redisRevocations({ client }) }'
)
/** What a viewer's access is to be revoked by is no id. */
export const CDN_ACCESS_REVOCATION_ID_INVALID: CdnAccessError = define(
  'REVOCATION_ID_INVALID',
  '%s must be a text of 1 to 256 characters%s: it is %s'
)
/** The store of revocations did not answer, or answered what can't be. */
export const CDN_ACCESS_REVOCATION_UNAVAILABLE: CdnAccessError = define(
  'REVOCATION_UNAVAILABLE',
  'The store of revocations can\'t be used at this moment (%s), and nothing is given without it: ' +
    'try again later',
  503
)
/** A revocation stands in the store, and an edge could not be told. */
export const CDN_ACCESS_REVOCATION_INCOMPLETE: CdnAccessError = define(
  'REVOCATION_INCOMPLETE',
  'Access is revoked in the store, but these edges could not be told: %s. Call revoke() again',
  503
)

function define (name: string, message: string, statusCode = 500): CdnAccessError {
  return createError(`CDN_ACCESS_${name}`, message, statusCode)
}
