/** What to check where cookies do not arrive. */
export const cookieAdvice: string =
  'Cookies do not arrive: check https, options, keys, paths; WebKit takes none in embeds'

/** What is wrong with the url before it, so that it is asked no more but rarely. */
export const misdirection: string = ' gives no receipts: wrong url or a login page?'

export const nativeWords: string = 'React Native: get application/vnd.cdn-access+json'
