/** Looks at granted paths. */
export type NoteFolders = (paths: readonly string[]) => void

/**
 * Says once where an exact path ends in a slash: it opens the folder's own address, which few ask
 * for, and nothing below it.
 */
export function createFolderWarning (warn: (message: string) => void): NoteFolders {
  let warned = false
  return (paths) => {
    if (warned) return
    const lone = paths.find((path) => path.endsWith('/'))
    if (lone === undefined) return
    warned = true
    warn(
      `the granted path ${JSON.stringify(lone)} opens this one address and nothing below it: ` +
        `for all of the folder grant it with a wildcard, as cdnPath\`${lone}*\` does`
    )
  }
}
