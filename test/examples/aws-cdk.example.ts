import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { partsOfModule, partsOfTemplate, type Template } from './aws-parts.js'
import { installExample, typeErrors } from './project.js'
import { readModule } from './terraform.js'

t.test('aws-cdk: the stack is synthesised without an account, and holds what its tests ask', async (t) => {
  const project = await installExample(t, 'aws-cdk')
  t.same(typeErrors(project, 'app.js', 'make-keys.js', 'stack.test.js'), [])
  const printed = await project.run('npm', 'start', '--silent')
  t.same(readdirSync(join(project.folder, 'keys')).toSorted(), [
    'first.private.pem',
    'first.public.pem',
    'second.private.pem',
    'second.public.pem'
  ])
  t.match(printed, 'AWS::CloudFront::KeyGroup')
  t.notMatch(printed, 'PRIVATE KEY')
  t.match(await project.run('node', '--test', '--test-reporter=tap'), /^# pass 5\n# fail 0$/m)

  await t.test('and what is set up in Terraform is the same', async (t) => {
    const read = (file: string): unknown =>
      JSON.parse(readFileSync(join(project.folder, file), 'utf8'))
    const { context } = read('cdk.json') as {
      context: Record<'host' | 'page' | 'certificateArn', string>
    }
    const parts = partsOfTemplate(read('cdk.out/Media.template.json') as Template)
    const variables = { ...context, certificate_arn: context.certificateArn }
    t.same(partsOfModule(await readModule('aws-terraform'), variables), parts)
    t.equal((parts['closed'] as { TrustedKeyGroups: string }).TrustedKeyGroups, 'KeyGroup')
  })
})
