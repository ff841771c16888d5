import type { Block, Module } from './terraform.js'

/** What an example for AWS sets up, part by part, in one form for both tools. */
export type Parts = Record<string, unknown>

export interface Template {
  readonly Resources: Record<string, { Type: string, Properties: Block }>
}

/** Managed policies have one id in every account. */
const managed: Readonly<Record<string, string>> = {
  '658327ea-f89d-4fab-a63d-7e88639e58f6': 'Managed-CachingOptimized',
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': 'Managed-CORS-S3Origin'
}

export function partsOfTemplate ({ Resources }: Template): Parts {
  const of = (type: string): Block =>
    plain(Object.values(Resources).find(({ Type }) => Type === `AWS::${type}`)!.Properties) as Block
  const bucket = of('S3::Bucket')
  const policy = of('S3::BucketPolicy')['PolicyDocument'] as { Statement: Block[] }
  const distribution = of('CloudFront::Distribution')['DistributionConfig'] as Block
  return {
    access: bucket['PublicAccessBlockConfiguration'],
    cors: (bucket['CorsConfiguration'] as Block)['CorsRules'],
    policy: policy.Statement.map(({ Effect, Action, Principal, Condition }) =>
      told(Effect, Action, Principal, Condition)
    ).toSorted(),
    control: without(of('CloudFront::OriginAccessControl')['OriginAccessControlConfig'], 'Name'),
    headers: without(
      of('CloudFront::ResponseHeadersPolicy')['ResponseHeadersPolicyConfig'],
      'Name'
    ),
    closed: behavior(distribution['DefaultCacheBehavior']),
    open: behavior(distribution['CacheBehaviors']),
    certificate: distribution['ViewerCertificate'],
    rest: [distribution['Enabled'], distribution['IPV6Enabled'], distribution['Aliases']]
  }

  function plain (value: unknown): unknown {
    if (Array.isArray(value)) return value.length === 1 ? plain(value[0]) : value.map(plain)
    if (typeof value === 'string') return managed[value] ?? value
    if (typeof value !== 'object' || value === null) return value
    const { Ref } = value as { Ref?: string }
    if (Ref !== undefined) return Resources[Ref]?.Type.split('::')[2] ?? Ref
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
  }
}

export function partsOfModule (
  { resource, data }: Module,
  variables: Readonly<Record<string, string>>
): Parts {
  const of = (type: string): Block => plain(Object.values(resource[type]!)[0]!) as Block
  const distribution = of('aws_cloudfront_distribution')
  const [document] = data['aws_iam_policy_document']!['files']!
  return {
    access: without(of('aws_s3_bucket_public_access_block'), 'Bucket'),
    cors: renamed(of('aws_s3_bucket_cors_configuration')['CorsRule'], 'MaxAgeSeconds', 'MaxAge'),
    policy: (document['statement'] as Block[]).map((statement) => {
      const { Effect = 'Allow', Actions, Principals, Condition } = plain(statement) as Block
      const { Type, Identifiers } = Principals as { Type: string, Identifiers: string }
      const { Test, Variable, Values } = Condition as Record<string, string>
      const condition = { [Test!]: { [Variable!]: Values } }
      return told(Effect, Actions, { [Type]: Identifiers }, condition)
    }).toSorted(),
    control: without(of('aws_cloudfront_origin_access_control'), 'Name'),
    headers: without(of('aws_cloudfront_response_headers_policy'), 'Name'),
    closed: behavior(distribution['DefaultCacheBehavior']),
    open: behavior(distribution['OrderedCacheBehavior']),
    certificate: distribution['ViewerCertificate'],
    rest: [distribution['Enabled'], distribution['IsIpv6Enabled'], distribution['Aliases']]
  }

  /** Names as CloudFormation spells them, and what a reference leads to. */
  function plain (value: unknown): unknown {
    if (Array.isArray(value)) return value.length === 1 ? plain(value[0]) : value.map(plain)
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value)
      return Object.fromEntries(entries.map(([name, inner]) => [pascal(name), plain(inner)]))
    }
    if (typeof value !== 'string') return value
    const [, kind = '', type = '', name = ''] = /^\$\{(?:(data)\.)?(\w+)\.(\w+)[.\w]*\}$/.exec(
      value
    ) ?? []
    if (type === 'var') return variables[name]
    if (kind === 'data') return data[type]![name]![0]['name']
    return type === '' ? value : pascal(type.replace('aws_cloudfront_', ''))
  }
}

function pascal (name: string): string {
  return name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** CloudFront's defaults are written out; an origin has a name of each tool's own. */
function behavior (value: unknown): Block {
  const defaults = { AllowedMethods: ['GET', 'HEAD'], CachedMethods: ['GET', 'HEAD'] }
  return without({ ...defaults, ...value as Block }, 'TargetOriginId')
}

/** The ARN of a distribution is made up by one tool and looked up by the other. */
function told (effect: unknown, action: unknown, principal: unknown, condition: unknown): string {
  const text = JSON.stringify([effect, action, principal, condition])
  return text.replace(/(?<="AWS:SourceArn").*$/, '')
}

function without (value: unknown, name: string): Block {
  return Object.fromEntries(Object.entries(value as Block).filter(([key]) => key !== name))
}

function renamed (value: unknown, from: string, to: string): Block {
  return { ...without(value, from), [to]: (value as Block)[from] }
}
