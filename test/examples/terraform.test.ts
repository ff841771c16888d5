import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readModule } from './terraform.js'

for (const name of ['aws-terraform', 'google-terraform']) {
  t.test(`${name}: parses, and says what each variable is, and where each value goes`, async (t) => {
    const { text, variable, output } = await readModule(name)
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, found]) => found!))
    t.same([...used].toSorted(), Object.keys(variable).toSorted())
    for (const [{ description, type }] of Object.values(variable)) {
      t.match(description, /\.$/)
      t.type(type, 'string')
    }
    const page = readFileSync(join(process.cwd(), 'examples', name, 'README.md'), 'utf8')
    const [, tables = ''] = page.split('## What goes where')
    for (const word of [...Object.keys(variable), ...Object.keys(output)]) {
      t.match(tables, new RegExp(`^\\|[^|]*\`${word}\`[^|]*\\|`, 'm'), word)
    }
  })
}

t.test('aws-terraform: all but one folder asks for signed cookies, and the page may read replies', async (t) => {
  const { resource } = await readModule('aws-terraform')
  const [distribution] = resource['aws_cloudfront_distribution']!['media']!
  t.match(distribution['default_cache_behavior'], [{
    trusted_key_groups: ['${aws_cloudfront_key_group.media.id}'],
    origin_request_policy_id: '${data.aws_cloudfront_origin_request_policy.cors.id}',
    response_headers_policy_id: '${aws_cloudfront_response_headers_policy.media.id}',
    viewer_protocol_policy: 'redirect-to-https'
  }])
  const [open, ...more] = distribution['ordered_cache_behavior'] as [{ path_pattern: string }]
  t.same([open.path_pattern, 'trusted_key_groups' in open, more], ['/public/*', false, []])
  t.match(resource['aws_cloudfront_public_key']!['media']![0], {
    lifecycle: [{ create_before_destroy: true }]
  })
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
  const { resource, text } = await readModule('google-terraform')
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
  t.match(resource['google_compute_ssl_policy']!['media']![0], { min_tls_version: 'TLS_1_2' })
  t.match(resource['google_compute_target_https_proxy']!['media']![0], {
    ssl_policy: '${google_compute_ssl_policy.media.id}'
  })
  const members = Object.values(resource['google_storage_bucket_iam_member']!)
  t.same(members.map(([{ role, member }]) => [role, /@([\w-]+)\./.exec(String(member))?.[1]]), [
    ['roles/storage.objectViewer', 'cloud-cdn-fill'],
    ['roles/storage.objectViewer', 'gcp-sa-mediaedgefill']
  ])
  const service = JSON.stringify(resource['google_network_services_edge_cache_service'])
  t.match(service, '"signed_request_mode":"REQUIRE_SIGNATURES"')
  t.match(service, '"allow_credentials":true')
  t.match(service, '"header_value":"private, no-cache"')
})
