/** Names what is wrong with a request or its credentials; it keeps its meaning over versions. */
export type RefusalCode =
  | 'path-ambiguous'
  | 'method-refused'
  | 'access-missing'
  | 'cookies-none'
  | 'preflight'
  | 'other-kind'
  | 'cookie-path'
  | 'cookie-not-sent'
  | 'answer-differs'
  | 'cookies-removed'
  | 'address-unserved'
  | 'credentials-incomplete'
  | 'query-hides-cookies'
  | 'kinds-mixed'
  | 'sent-twice'
  | 'url-signed-twice'
  | 'percent-encoded'
  | 'tilde-encoded'
  | 'base64-standard'
  | 'base64-padding'
  | 'malformed'
  | 'time-unreadable'
  | 'time-milliseconds'
  | 'key-unknown'
  | 'key-differs'
  | 'hash-marker'
  | 'algorithm-differs'
  | 'salt-differs'
  | 'signature-wrong'
  | 'policy-rewritten'
  | 'policy-unreadable'
  | 'wildcard-canned'
  | 'address-differs'
  | 'address-unknown'
  | 'header-differs'
  | 'encoding-differs'
  | 'scheme-differs'
  | 'host-differs'
  | 'query-differs'
  | 'path-outside'
  | 'resource-form'
  | 'scope-missing'
  | 'hash-of-other'
  | 'expired'
  | 'not-begun'
  | 'policy-open'
  | 'policy-blanks'
  | 'version-missing'
  | 'end-missing'
  | 'url-token'
  | 'issuer-differs'
  | 'audience-differs'
  | 'claim-refused'
  | 'claim-missing'
  | 'revoked'
  | 'revocation-unreadable'
  | 'revocation-unknown'
  | 'keys-missing'

/** What to do about each, for people. */
export const refusalFixes: Readonly<Record<RefusalCode, string>> = {
  // ---- the request -----------------------------------------------------------------------------
  'path-ambiguous':
    'Ask for the file by its plain name: encode each segment with encodeURIComponent, and resolve ' +
    '"." and ".." before.',
  'method-refused': 'Ask with GET or HEAD. What changes files goes to the API, not to the CDN.',
  'access-missing':
    'A browser sends access cookies to granted paths alone: look whether this one is granted. If ' +
    'so, whether the API set the cookies at all, whether their Domain covers this host, and ' +
    'whether the page fetches with credentials: "include", or an element with ' +
    'crossorigin="use-credentials".',
  'cookies-none':
    'Get access from the API first, as a viewer who is logged in. Where it was given, fetch with ' +
    'credentials: "include", or give the element crossorigin="use-credentials"; and look whether ' +
    'the API set the cookies for a Domain that spans this host.',
  preflight:
    'Let the CDN answer OPTIONS without access, by its CORS settings or a behaviour of its own.',
  'other-kind':
    'Issue access for the CDN that serves this address, or ask at the address of the other one.',
  'cookie-path':
    'Set the cookies with the Path of the folder that is granted, as this package does.',
  'cookie-not-sent': 'Set the cookie for this host, path and scheme, and renew it before it ends.',
  'answer-differs':
    'Look at what is not known here: the keys and the settings at the CDN, its clock, and the file.',
  'cookies-removed':
    'Save the file again with its sensitive data: in Chromium\'s DevTools, Settings, Preferences, ' +
    'Network, "Allow to generate HAR with sensitive data".',
  'address-unserved':
    'Give the whole URL as viewers ask for it: http and https, and each port, are other addresses.',
  'credentials-incomplete':
    'Send all cookies of the set together: they are set in one reply, with one Domain and Path.',
  'query-hides-cookies':
    'Rename the parameter in your links: the CDN keeps that name for signed URLs.',
  'kinds-mixed':
    'Clear the cookies of the earlier kind, with the Domain and Path with which they were set.',
  'sent-twice':
    'Clear the copy that is not meant, with the Domain and Path with which it was set; ' +
    'give services that share a domain paths of their own.',
  'url-signed-twice': 'Sign the URL once: take the earlier signature away before.',
  // ---- how values are written ------------------------------------------------------------------
  'percent-encoded':
    'Write the cookie\'s value as it is: of most cookie libraries, with an "encode" that changes ' +
    'nothing.',
  'tilde-encoded': 'Nothing: CloudFront takes it. Written as "~" the value is shorter.',
  'base64-standard': 'Write base64 in the alphabet of this CDN, as its own signer does.',
  'base64-padding': 'Write the padding as this CDN\'s own samples do.',
  malformed:
    'Compare the value with the one that was issued: it was cut off, changed or made for another ' +
    'setting.',
  'time-unreadable': 'Write times as whole seconds since 1970: a number, not a text or a fraction.',
  'time-milliseconds': 'Divide by 1000, and round down: times are in seconds since 1970.',
  // ---- keys and signatures ---------------------------------------------------------------------
  'key-unknown':
    'Give the CDN the public half of the key that signs, under this id, or sign with one that it ' +
    'has.',
  'key-differs': 'Sign with the key whose id stands in the cookie, or write the id of the key.',
  'hash-marker': 'Set Hash-Algorithm to what signed: without it the CDN takes SHA-1.',
  'algorithm-differs': 'Set the same algorithm at the CDN and where it is signed.',
  'salt-differs': 'Give the signer the salt of the CDN\'s settings, or take it away there.',
  'signature-wrong':
    'Compare the key with the one at the CDN, then what is signed with what is sent: one byte ' +
    'decides.',
  'policy-rewritten':
    'Sign the bytes of the policy that is sent, blanks included: make the text once, and sign and ' +
    'encode that.',
  'policy-unreadable':
    'Write one statement with one Resource, DateLessThan, and perhaps DateGreaterThan and ' +
    'IpAddress.',
  'wildcard-canned': 'Use a custom policy: a canned one is good for one exact URL.',
  // ---- what is granted -------------------------------------------------------------------------
  'address-differs':
    'Issue access for the address that the CDN sees, or without one: viewers change theirs.',
  'address-unknown': 'Give the viewer\'s address: --ip, or explain({ ip }).',
  'header-differs': 'Send the header that the token is bound to, once, or issue it without.',
  'encoding-differs':
    'Ask in the spelling that was granted: encodeURIComponent for each segment, as cdnPath does.',
  'scheme-differs': 'Ask with the scheme that was granted: http and https are two addresses.',
  'host-differs': 'Ask at the host that was granted, or sign for the one that viewers use.',
  'query-differs': 'Grant the folder, or sign the URL together with its query.',
  'path-outside': 'Grant the path that is asked for, or ask for one that is granted.',
  'resource-form': 'Begin the Resource with https:// and the host.',
  'scope-missing': 'Change the location of nginx, or put the file where it looks for cookies.',
  'hash-of-other': 'Hash what the block of nginx hashes, in its order.',
  expired: 'Get new access: the page polls the API before the end; fastify-cdn-access/client does.',
  'not-begun': 'Wait, or issue access without a start: clocks differ by seconds.',
  // ---- what is odd, and not refused for it ------------------------------------------------------
  'policy-open':
    'Name a Resource: without one the policy opens every file of every distribution with this key.',
  'policy-blanks':
    'Nothing, where the same bytes were signed. Without blanks the cookie is shorter.',
  'version-missing': 'Write "cdniv": 1: edges other than Traffic Server may ask for it.',
  'end-missing': 'Give it an end: without one it opens for ever.',
  'url-token': 'Use it in the query of that one URL; for a cookie make a token with "acl".',
  // ---- tokens ----------------------------------------------------------------------------------
  'issuer-differs': 'Write the issuer under which the edge has its keys.',
  'audience-differs': 'Write the audience that the edge is configured with, or leave both out.',
  'claim-refused': 'Leave the claim out, or give it a value that the edge takes.',
  'claim-missing': 'Add the claim: the edge refuses tokens without it.',
  // ---- revocation, and what an edge can't know --------------------------------------------------
  revoked: 'Have the viewer log in again: what is issued after that is good.',
  'revocation-unreadable':
    'Let "revoke" alone write to the store of the edge, and take away what others wrote there.',
  'revocation-unknown':
    'Try again in a moment. Where it lasts, look whether the edge reaches its store of revocations.',
  'keys-missing': 'Give the edge its keys, and look whether it can read them.'
}
