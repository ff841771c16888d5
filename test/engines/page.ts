import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The fenced blocks of one language in a CDN's page; those without a language have the name ''. */
export function blocksOf (page: string, language: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/cdns', page), 'utf8')
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  return blocks.filter(([, name]) => name === language).map(([, , code]) => code!)
}

/** Puts values in the place of words, each of which must be there. */
export function fillIn (text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((filled, [word, value]) => {
    if (!filled.includes(word)) throw new Error(`The block has no ${word}`)
    return filled.replaceAll(word, () => value)
  }, text)
}
