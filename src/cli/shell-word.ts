/** A file's name as a shell reads it: people paste the commands. */
export function shellWord (name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll('\'', '\'\\\'\'')}'`
}
