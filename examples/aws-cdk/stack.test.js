import { match, strictEqual } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { MediaStack } from './stack.js'

const publicKeys = ['first', 'second'].map((name) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { name, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
})
const template = Template.fromStack(
  new MediaStack(new App(), 'Media', {
    host: 'media.example.com',
    page: 'https://www.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a',
    publicKeys
  })
)

void test('the key group holds both keys, as they were given', () => {
  template.resourceCountIs('AWS::CloudFront::PublicKey', 2)
  for (const { pem } of publicKeys) {
    template.hasResourceProperties('AWS::CloudFront::PublicKey', {
      PublicKeyConfig: { EncodedKey: pem }
    })
  }
  const ids = Object.keys(template.findResources('AWS::CloudFront::PublicKey'))
  template.hasResourceProperties('AWS::CloudFront::KeyGroup', {
    KeyGroupConfig: { Items: Match.arrayWith(ids.map((id) => ({ Ref: id }))) }
  })
})

void test('what is below /v/ asks for signed cookies over https, and all else is public', () => {
  const [group] = Object.keys(template.findResources('AWS::CloudFront::KeyGroup'))
  const [headers] = Object.keys(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'))
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['media.example.com'],
      DefaultCacheBehavior: {
        TrustedKeyGroups: Match.absent(),
        ViewerProtocolPolicy: 'redirect-to-https'
      },
      CacheBehaviors: [Match.objectLike({
        PathPattern: '/v/*',
        TrustedKeyGroups: [{ Ref: group }],
        ResponseHeadersPolicyId: { Ref: headers },
        ViewerProtocolPolicy: 'redirect-to-https'
      })]
    }
  })
})

void test('the page may read replies with credentials, and browsers ask again', () => {
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      CorsConfig: {
        AccessControlAllowCredentials: true,
        AccessControlAllowOrigins: { Items: ['https://www.example.com'] },
        OriginOverride: true
      },
      CustomHeadersConfig: {
        Items: [{ Header: 'Cache-Control', Value: 'private, no-cache', Override: true }]
      }
    }
  })
})

void test('the bucket answers the distribution alone', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true
    }
  })
  template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1)
  const [{ Properties } = { Properties: {} }] = Object.values(
    template.findResources('AWS::S3::BucketPolicy')
  )
  const allowed = Properties.PolicyDocument.Statement.filter(
    (/** @type {{ Effect: string }} */ { Effect }) => Effect === 'Allow'
  )
  strictEqual(allowed.length, 1)
  strictEqual(allowed[0].Principal.Service, 'cloudfront.amazonaws.com')
  match(JSON.stringify(allowed[0].Condition), /AWS:SourceArn/)
})
