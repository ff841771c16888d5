/** What to check where cookies do not arrive. */
export const cookieAdvice: string =
  'No cookies arrive: check https, options, keys, paths; WebKit takes none in embeds'

/** What is wrong with the url before it, so that it is asked no more but rarely. */
export const misdirection: string = ' gives no receipts: wrong url or login?'

export const nativeWords: string = 'React Native: get application/vnd.cdn-access+json'
