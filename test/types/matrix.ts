import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** How a consumer compiles; `node` is the package that its `@types/node` comes from. */
export interface Combination {
  readonly module: 'node16' | 'node20' | 'nodenext' | 'bundler'
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

const browser = ['es2022', 'dom', 'dom.iterable']

/** What a page compiles: without `Disposable`, and with it. */
export function pagesFor (module: Combination['module']): Combination[] {
  const disposable = [...browser, 'esnext.disposable']
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
  const file = writeProject(folder, combination)
  const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(file, {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '))
    }
  })!
  const program = ts.createProgram(fileNames, options)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    const words = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${file?.fileName.slice(folder.length + 1)}:${line} ${words}`
  })
}

/** Writes a project of its own for the consumers, and says where its settings stand. */
export function writeProject (
  folder: string,
  { module, node, lib, consumers: names }: Combination
): string {
  // Without a package of its own around it, the name would mean the package that is tested.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  linkPackages(join(folder, 'node_modules'), node)
  cpSync(consumers, join(folder, 'consumers'), { recursive: true })
  const resolution = module === 'bundler'
    ? { module: 'esnext', moduleResolution: 'bundler' }
    : { module }
  const compilerOptions = {
    ...resolution,
    target: 'es2023',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    preserveSymlinks: true,
    typeRoots: ['node_modules/@types'],
    types: node === '' ? [] : ['node'],
    ...(lib === undefined ? {} : { lib })
  }
  const files = names.map((name) => `consumers/${name}`)
  const file = join(folder, 'tsconfig.json')
  writeFileSync(file, JSON.stringify({ compilerOptions, files }))
  return file
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
