/**
 * True where a pattern matches a whole text: `*` stands for any run of characters, `?` for one.
 * At worst the product of both lengths: no pattern makes it exponential.
 */
export function matchesWildcard (pattern: string, text: string): boolean {
  let p = 0
  let s = 0
  let star = -1
  let resume = 0
  while (s < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = s
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[s])) {
      p++
      s++
    } else if (star !== -1) {
      p = star + 1
      s = ++resume
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/**
 * Which beginnings of a pattern match a whole text: true at the length of each. All of them
 * together take the product of both lengths.
 */
export function matchingBeginnings (pattern: string, text: string): boolean[] {
  let reached = Array.from({ length: text.length + 1 }, (_, end) => end === 0)
  const matching = [text === '']
  for (const token of pattern.split('')) {
    const before = reached
    let any = false
    reached = before.map((whole, end) => {
      any ||= whole
      if (token === '*') return any
      return before[end - 1] === true && (token === '?' || token === text[end - 1])
    })
    matching.push(reached[text.length]!)
  }
  return matching
}
