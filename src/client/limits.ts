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
/** Milliseconds between requests while the cookies do not arrive. */
export const blockedDelay = 300_000
/** Milliseconds between two refreshes that refusals of the CDN force. */
export const forceGap = 10_000
/** How often in a row the API may issue what it should have found. */
export const strikesThatBlock = 2
/** Failures in a row after which nothing is sent for a while. */
export const failuresThatBreak = 5
/** Seconds of that silence. */
export const breakSeconds = 60
/** Milliseconds of jitter at most. */
export const longestBackoff = 60_000
