import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installExample, typeErrors } from './project.js'

t.test('aws-cdk: the stack is synthesised without an account, and holds what its tests ask', async (t) => {
  const project = await installExample(t, 'aws-cdk')
  t.same(typeErrors(project, 'app.js', 'make-keys.js', 'stack.test.js'), [])
  const template = await project.run('npm', 'start', '--silent')
  t.same(readdirSync(join(project.folder, 'keys')).toSorted(), [
    'first.private.pem',
    'first.public.pem',
    'second.private.pem',
    'second.public.pem'
  ])
  t.match(template, 'AWS::CloudFront::KeyGroup')
  t.notMatch(template, 'PRIVATE KEY')
  t.match(await project.run('node', '--test', '--test-reporter=tap'), /^# pass 4\n# fail 0$/m)
})
