import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t from 'tap'

// Its declarations would bring those of browsers to all tests.
const { parse } = createRequire(import.meta.url)('@cdktf/hcl2json') as {
  parse(file: string, text: string): Promise<Record<string, object>>
}

/** Blocks by type and name, as the parser gives them. */
type Blocks = Record<string, Record<string, [Record<string, unknown>]>>

interface Module {
  readonly text: string
  readonly resource: Blocks
  readonly variable: Record<string, [{ description?: string, type?: string }]>
  readonly output: Record<string, unknown>
}

async function read (name: string): Promise<Module> {
  const folder = join(process.cwd(), 'examples', name)
  const files = readdirSync(folder).filter((file) => file.endsWith('.tf'))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const parsed = await Promise.all(texts.map((text, index) => parse(files[index]!, text)))
  const merged: Record<string, object> = { resource: {}, variable: {}, output: {} }
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

for (const name of ['aws-terraform', 'google-terraform']) {
  t.test(`${name}: parses, and says what each variable is`, async (t) => {
    const { text, variable, output } = await read(name)
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, found]) => found!))
    t.same([...used].toSorted(), Object.keys(variable).toSorted())
    for (const [{ description, type }] of Object.values(variable)) {
      t.match(description, /\.$/)
      t.type(type, 'string')
    }
    const page = readFileSync(join(process.cwd(), 'examples', name, 'README.md'), 'utf8')
    for (const word of [...Object.keys(output), 'page', 'host']) {
      t.ok(page.includes(`\`${word}\``) || word === 'bucket' || word.startsWith('media_cdn'), word)
    }
  })
}

t.test('aws-terraform: what is below /v/ asks for signed cookies, and the page may read replies', async (t) => {
  const { resource } = await read('aws-terraform')
  const [distribution] = resource['aws_cloudfront_distribution']!['media']!
  t.match(distribution['ordered_cache_behavior'], [{
    path_pattern: '/v/*',
    trusted_key_groups: ['${aws_cloudfront_key_group.media.id}'],
    response_headers_policy_id: '${aws_cloudfront_response_headers_policy.media.id}',
    viewer_protocol_policy: 'redirect-to-https'
  }])
  const [open] = distribution['default_cache_behavior'] as [object]
  t.notOk('trusted_key_groups' in open)
  t.match(resource['aws_cloudfront_response_headers_policy']!['media']![0], {
    cors_config: [{
      access_control_allow_credentials: true,
      access_control_allow_origins: [{ items: ['${var.page}'] }],
      origin_override: true
    }],
    custom_headers_config: [{
      items: [{ header: 'Cache-Control', value: 'private, no-cache', override: true }]
    }]
  })
  t.match(resource['aws_s3_bucket_public_access_block']!['files']![0], {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true
  })
})

t.test('google-terraform: the bucket answers Cloud CDN alone, and Media CDN asks for signatures', async (t) => {
  const { resource, text } = await read('google-terraform')
  t.match(resource['google_storage_bucket']!['files']![0], {
    public_access_prevention: 'enforced',
    uniform_bucket_level_access: true
  })
  t.notMatch(text, 'allUsers')
  t.match(resource['google_compute_backend_bucket']!['files']![0], {
    enable_cdn: true,
    cdn_policy: [{ client_ttl: 0, signed_url_cache_max_age_sec: 3600 }],
    custom_response_headers: [
      'Access-Control-Allow-Origin: ${var.page}',
      'Access-Control-Allow-Credentials: true',
      'Vary: Origin'
    ]
  })
  const service = JSON.stringify(resource['google_network_services_edge_cache_service'])
  t.match(service, '"signed_request_mode":"REQUIRE_SIGNATURES"')
  t.match(service, '"allow_credentials":true')
})
