import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { MediaStack } from './stack.js'

const app = new App()
const keys = join(import.meta.dirname, 'keys')
const suffix = '.public.pem'

new MediaStack(app, 'Media', {
  host: app.node.getContext('host'),
  page: app.node.getContext('page'),
  certificateArn: app.node.getContext('certificateArn'),
  publicKeys: readdirSync(keys).filter((file) => file.endsWith(suffix)).map((file) => ({
    name: file.slice(0, -suffix.length),
    pem: readFileSync(join(keys, file), 'utf8')
  }))
})
