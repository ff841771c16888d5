/** Milliseconds in which all who are refused share one forced refresh. */
export const sharedMilliseconds = 10_000
/** How often a player repeats: a refusal that was under way during a repair comes late. */
export const mostRepeats = 2
