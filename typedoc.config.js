import { readFileSync } from 'node:fs'

/** Each entry of the package, where its source stands. */
const { exports } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const declarations = Object.values(exports).map(({ types }) => types).filter(Boolean)

/** The pages that `npm run docs:api` makes of the docstrings. */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-plugin-missing-exports'],
  entryPoints: declarations.map((file) => file.replace(/^\.\/dist(.*)\.d\.ts$/, 'src$1.ts')),
  tsconfig: 'tsconfig.docs.json',
  out: 'docs/reference',
  readme: 'none',
  name: 'Reference',
  outputFileStrategy: 'modules',
  flattenOutputFiles: true,
  hidePageHeader: true,
  groupOrder: ['Functions', 'Interfaces', 'Type Aliases', 'Variables'],
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  tableColumnSettings: { hideModifiers: true },
  disableSources: true,
  hideBreadcrumbs: true,
  excludeExternals: true,
  excludePrivate: true,
  placeInternalsInOwningModule: true,
  treatWarningsAsErrors: true
}
