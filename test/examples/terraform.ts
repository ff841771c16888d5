import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

// Its declarations would bring those of browsers to all tests.
const { parse } = createRequire(import.meta.url)('@cdktf/hcl2json') as {
  parse(file: string, text: string): Promise<Record<string, object>>
}

/** A block as the parser gives it: blocks in it are arrays. */
export type Block = Record<string, unknown>

/** Blocks by type and name. */
type Blocks = Record<string, Record<string, [Block]>>

export interface Module {
  readonly text: string
  readonly resource: Blocks
  readonly data: Blocks
  readonly variable: Record<string, [{ description?: string, type?: string }]>
  readonly output: Record<string, unknown>
}

/** Parses all files of an example, and merges them as Terraform does. */
export async function readModule (name: string): Promise<Module> {
  const folder = join(process.cwd(), 'examples', name)
  const files = readdirSync(folder).filter((file) => file.endsWith('.tf'))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const parsed = await Promise.all(texts.map((text, index) => parse(files[index]!, text)))
  const merged: Record<string, object> = { resource: {}, data: {}, variable: {}, output: {} }
  for (const blocks of parsed) {
    for (const [kind, types] of Object.entries(blocks)) {
      for (const [type, named] of Object.entries(types)) {
        const into = (merged[kind] ??= {}) as Record<string, object>
        into[type] = kind === 'resource' ? { ...into[type], ...named } : named
      }
    }
  }
  return { text: texts.join('\n'), ...merged } as unknown as Module
}
