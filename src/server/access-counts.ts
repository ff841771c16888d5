/** How often each thing happened since the start. */
export interface AccessCounts {
  /** Cookies for a viewer who sent no ticket. */
  issued: number
  /** Cookies for a viewer who had some. */
  refreshed: number
  /** Requests for access that found nothing to do. */
  fresh: number
  denied: number
  /** Logouts, by `DELETE` or by `clearCdnAccess()`. */
  cleared: number
  /** Requests that ended in an error other than a denial. */
  failed: number
  /** Areas that were taken away, for there was no room for them beside the one that was issued. */
  pushedOut: number
}

/** Counts at the start. */
export function noCounts (): AccessCounts {
  return { issued: 0, refreshed: 0, fresh: 0, denied: 0, cleared: 0, failed: 0, pushedOut: 0 }
}
