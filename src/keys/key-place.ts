/** Which half of a pair is looked for, and what the entry calls it, for errors. */
export interface KeyPlace {
  readonly half: 'private' | 'public'
  readonly field: string
}
