import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** How a consumer compiles; `node` is the package that its `@types/node` comes from. */
export interface Combination {
  readonly module: 'nodenext' | 'bundler'
  readonly node: string
  readonly consumers: readonly string[]
  readonly lib?: readonly string[]
}

const root = process.cwd()
const installed = join(root, 'node_modules')
const consumers = join(root, 'test/types/consumers')

/** Each `@types/node` that is there: the oldest that is supported, and those beside it. */
export const nodeTypes: readonly string[] = [
  '@types/node',
  ...readdirSync(installed).filter((name) => name.startsWith('types-node-'))
]

/** What a server compiles, with one `@types/node`: as ES module, as CommonJS, for a bundler. */
export function serversWith (node: string): Combination[] {
  return [
    { module: 'nodenext', node, consumers: ['server.mts', 'server.cts'] },
    { module: 'bundler', node, consumers: ['server.mts'] }
  ]
}

const browser = ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']

/** What a page compiles: without `Disposable`, and with it. */
export function pagesFor (module: Combination['module']): Combination[] {
  const disposable = [...browser, 'lib.esnext.disposable.d.ts']
  return [
    { module, node: '', lib: browser, consumers: ['page.mts'] },
    { module, node: '', lib: disposable, consumers: ['page.mts', 'page-using.mts'] }
  ]
}

export function nameOf ({ module, node, lib, consumers: names }: Combination): string {
  return [module, node, ...names, ...lib ?? []].filter((part) => part !== '').join(' ')
}

/**
 * Compiles consumers in a project of their own below `folder`, types of libraries included, and
 * says what the compiler says.
 */
export function compile (folder: string, combination: Combination): string[] {
  const { module, node, lib, consumers: names } = combination
  // Without a package of its own around it, the name would mean the package that is tested.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  linkPackages(join(folder, 'node_modules'), node)
  cpSync(consumers, join(folder, 'consumers'), { recursive: true })
  const nodenext = module === 'nodenext'
  const program = ts.createProgram(names.map((name) => join(folder, 'consumers', name)), {
    target: ts.ScriptTarget.ES2023,
    module: nodenext ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: nodenext
      ? ts.ModuleResolutionKind.NodeNext
      : ts.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    preserveSymlinks: true,
    typeRoots: [join(folder, 'node_modules/@types')],
    types: node === '' ? [] : ['node'],
    ...(lib === undefined ? {} : { lib: [...lib] })
  })
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    const words = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${file?.fileName.slice(folder.length + 1)}:${line} ${words}`
  })
}

/**
 * All packages as npm would lay them out for a consumer: this one with what it packs, and one
 * `@types/node`.
 */
function linkPackages (modules: string, node: string): void {
  const own = join(modules, 'fastify-cdn-access')
  mkdirSync(own, { recursive: true })
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(own, part), { recursive: true })
  }
  for (const name of readdirSync(installed)) {
    if (!/^(?:\.|@types$|types-node-)/.test(name)) {
      symlinkSync(join(installed, name), join(modules, name))
    }
  }
  mkdirSync(join(modules, '@types'))
  if (node !== '') symlinkSync(join(installed, node), join(modules, '@types/node'))
}
