import type { Cdn } from '../cdn/cdn.js'
import { cdnVariables, registry, type RegisteredCdn } from '../cdn/registry.js'
import { CDN_ACCESS_ENV_INVALID } from '../errors.js'
import { given } from '../input/fields.js'
import { readKeyFile } from '../keys/key-file.js'

/** The variables that are set, by their names without the prefix. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * The CDN that variables describe.
 *
 * @throws CDN_ACCESS_ENV_INVALID, CDN_ACCESS_KEY_FILE_UNREADABLE, and what the factory throws
 */
export async function makeCdn (variables: Variables, prefix: string): Promise<Cdn> {
  const { CDN, URL, PRIVATE_KEY_FILE, ...others } = variables
  const row = registry.find(({ name }) => name === CDN)!
  if (URL === undefined) {
    throw new CDN_ACCESS_ENV_INVALID(`${prefix}URL is missing beside ${prefix}CDN`)
  }
  refuseMeaningless(row, variables, prefix)
  if (PRIVATE_KEY_FILE === undefined) return makeRegistered(row, URL, others)
  if (others['PRIVATE_KEY'] !== undefined) {
    throw new CDN_ACCESS_ENV_INVALID(
      `give ${prefix}PRIVATE_KEY or ${prefix}PRIVATE_KEY_FILE, not both`
    )
  }
  const file = await readKeyFile(PRIVATE_KEY_FILE, `${prefix}PRIVATE_KEY_FILE`)
  // Without the line end that editors put behind a secret: a hexadecimal key has room for none.
  const PRIVATE_KEY = file.toString().trimEnd()
  return makeRegistered(row, URL, { ...others, PRIVATE_KEY })
}

/** A variable that the chosen CDN has no use for was meant for something: it is not passed over. */
function refuseMeaningless (row: RegisteredCdn, variables: Variables, prefix: string): void {
  const meant = Object.keys(row.variables)
  const other = cdnVariables.find((name) => variables[name] !== undefined && !meant.includes(name))
  if (other !== undefined) {
    throw new CDN_ACCESS_ENV_INVALID(
      `${prefix}${other} means nothing to the CDN "${row.name}", which takes ${
        meant.map((name) => prefix + name).join(', ')
      }: leave it out`
    )
  }
}

function makeRegistered (
  { factory, variables }: RegisteredCdn,
  url: string,
  values: Variables
): Cdn {
  const options = Object.entries(variables).map(([name, option]) => [option, values[name]])
  return factory({ url, ...given(Object.fromEntries(options)) } as never)
}
