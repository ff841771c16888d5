import { readFileSync } from 'node:fs'
import t from 'tap'
import ts from 'typescript'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { types?: string }>
}
const entries = Object.values(exports).flatMap(({ types }) => types ?? [])

/** Names of an entry that nothing is said of, and options, as published. */
function undescribed (checker: ts.TypeChecker, file: ts.SourceFile): string[] {
  const found: string[] = []
  for (const named of checker.getExportsOfModule(checker.getSymbolAtLocation(file)!)) {
    const symbol = (named.flags & ts.SymbolFlags.Alias) === 0
      ? named
      : checker.getAliasedSymbol(named)
    // `errors` is a module.
    const isName = (symbol.flags & ts.SymbolFlags.ValueModule) === 0
    if (isName && isOwn(symbol) && !isDescribed(checker, symbol)) found.push(named.name)
    if (!named.name.endsWith('Options')) continue
    for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      if (isOwn(member) && !isDescribed(checker, member)) found.push(`${named.name}.${member.name}`)
    }
  }
  return found
}

function isOwn ({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) =>
    /[/\\]dist[/\\]/.test(declaration.getSourceFile().fileName)
  )
}

function isDescribed (checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0 ||
    symbol.getJsDocTags(checker).some(({ name }) => name === 'see' || name === 'default')
}

t.test('the published declarations say what each name and each option is', async (t) => {
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
    noEmit: true
  })
  t.ok(entries.length >= 6)
  for (const entry of entries) {
    const file = program.getSourceFile(entry)!
    t.same(undescribed(program.getTypeChecker(), file), [], entry)
  }
})
