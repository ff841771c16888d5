import { shownTime, type EpochSeconds } from '../../time.js'
import type { Checklist } from './verdict.js'

/** Checks that access is not over: `end` is the first second in which it is. */
export function checkEnd (list: Checklist, end: EpochSeconds, now: EpochSeconds): void {
  if (now >= end) {
    list.refuse('expiry', 'expired', `Access ended ${now - end} s ago.`, {
      expected: `before ${shownTime(end)}`,
      found: shownTime(now)
    })
  }
  list.pass('expiry', `Access ends in ${end - now} s.`)
}

/** Checks that access has begun: `first` is the first second in which it has, after its start. */
export function checkStart (
  list: Checklist,
  { start, first = start }: { start: EpochSeconds, first?: EpochSeconds },
  now: EpochSeconds
): void {
  if (now < first) {
    list.refuse('start', 'not-begun', `Access begins in ${first - now} s.`, {
      expected: `from ${shownTime(first)}`,
      found: shownTime(now)
    })
  }
  list.pass('start', `Access began ${now - start} s ago.`)
}
