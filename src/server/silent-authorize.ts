/** So many answers may be a way of denying; as many requests of a new server are no accident. */
const firstAnswers = 20

/**
 * Says once that `authorize` may lack its `return`: where its first answers are all undefined. One
 * that ever says something else is never spoken of.
 */
export function createSilenceHint (warn: (message: string) => void): (answer: unknown) => void {
  let silent = 0
  return (answer) => {
    if (silent === firstAnswers) return
    if (answer !== undefined) silent = firstAnswers
    else if (++silent === firstAnswers) {
      warn(
        `authorize has returned undefined for the first ${firstAnswers} requests, and nothing ` +
          'else: an arrow function with braces needs a "return"'
      )
    }
  }
}
