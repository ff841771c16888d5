import t from 'tap'
import { registry } from '../../src/cdn/registry.js'
import { vendorKeys } from '../../src/cli/vendor-keys.js'

t.test('makes keys that the factory of each CDN takes, in the form of its variables', async (t) => {
  t.same(Object.keys(vendorKeys), registry.map(({ name }) => name))
  for (const { name, factory, variables } of registry) {
    const made = vendorKeys[name]!({ stem: 'keys/media', name: 'media', type: 'ec' })
    const file = made.files.find((each) => each.path === made.variables['PRIVATE_KEY_FILE'])!
    t.ok(file.secret, name)
    const values: Record<string, string> = { ...made.variables, PRIVATE_KEY: file.text.trimEnd() }
    if (values['KEY_ID'] === '') values['KEY_ID'] = 'K1'
    const options = Object.entries(variables).map((
      [variable, option]
    ) => [option, values[variable]]).filter(([, value]) => value !== undefined)
    const cdn = factory({ url: values['URL'], ...Object.fromEntries(options) } as never)
    const key = cdn.parseKey((cdn.keys as readonly unknown[])[0])
    const { trial = { paths: ['/*'] } } = cdn
    t.ok((await cdn.sign({ ...trial, expiresAt: 9 }, key)).length > 0, name)
    const text = JSON.stringify([made.steps, made.variables])
    t.notOk(text.includes(file.text.trimEnd()), `${name}: no step shows the secret`)
  }
})

t.test('makes an RSA key where it is asked for', async (t) => {
  const { files } = vendorKeys['cloudfront']!({ stem: 'media', name: 'media', type: 'rsa' })
  t.match(JSON.parse(files[2]!.text), {
    CallerReference: 'media',
    Name: 'media',
    EncodedKey: files[1]!.text
  })
  t.ok(files[0]!.text.length > 1600)
})
