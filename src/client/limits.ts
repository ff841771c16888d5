/** Milliseconds after which clocks are compared at the latest. */
export const longestSleep = 60_000
/** Milliseconds in which the page's events count as one. */
export const settleDelay = 100
/** Milliseconds that another tab is given for its refresh. */
export const deferral = 2000
/** Milliseconds after which a request is given up. */
export const requestTimeout = 30_000
/** Milliseconds after which the API is asked whether the browser kept what was issued. */
export const probeDelay = 5000
/** Milliseconds between requests while the cookies do not arrive, or no receipts come. */
export const rareDelay = 300_000
/** Milliseconds between two refreshes that refusals of the CDN force. */
export const forceGap = 10_000
/** How often in a row the API may issue what it should have found. */
export const strikesThatBlock = 2
/** How many addresses the CDN may refuse, and none give, after a forced refresh. */
export const addressesThatBlock = 3
/** How often in a row somebody else's 401 or 403 may come where there is no access. */
export const refusalsThatDeny = 2
/** How many replies that are no receipts show that none will come. */
export const missesThatSettle = 3
/** Failures in a row after which nothing is sent for a while. */
export const failuresThatBreak = 5
/** Seconds of that silence. */
export const breakSeconds = 60
/** Seconds of silence that a server may ask for. */
export const longestSilence = 3600
/** Milliseconds of jitter at most. */
export const longestBackoff = 60_000
/** How many requests that nobody asked for may follow another one without a pause. */
export const burst = 9
/** Milliseconds that each one costs, where receipts ask for no shorter time. */
export const pace = 5000
/** Seconds that access may last: as long as browsers keep a cookie. */
export const longestLife = 34_560_000
