import { match, strictEqual } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { OriginRequestPolicy } from 'aws-cdk-lib/aws-cloudfront'
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

void test('the key group holds both keys and no other, as they were given', () => {
  template.resourceCountIs('AWS::CloudFront::PublicKey', 2)
  for (const { pem } of publicKeys) {
    template.hasResourceProperties('AWS::CloudFront::PublicKey', {
      PublicKeyConfig: { EncodedKey: pem }
    })
  }
  const ids = Object.keys(template.findResources('AWS::CloudFront::PublicKey'))
  template.hasResourceProperties('AWS::CloudFront::KeyGroup', {
    KeyGroupConfig: { Items: ids.map((id) => ({ Ref: id })) }
  })
})

void test('all asks for signed cookies over https, but what is below /public/', () => {
  const [group] = Object.keys(template.findResources('AWS::CloudFront::KeyGroup'))
  const [headers] = Object.keys(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'))
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['media.example.com'],
      DefaultCacheBehavior: {
        TrustedKeyGroups: [{ Ref: group }],
        ResponseHeadersPolicyId: { Ref: headers },
        ViewerProtocolPolicy: 'redirect-to-https'
      },
      CacheBehaviors: [{
        PathPattern: '/public/*',
        TrustedKeyGroups: Match.absent(),
        ViewerProtocolPolicy: 'redirect-to-https'
      }],
      Logging: Match.absent(),
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' }
    }
  })
})

void test('a preflight reaches the bucket, which knows the page', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      DefaultCacheBehavior: {
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
        OriginRequestPolicyId: OriginRequestPolicy.CORS_S3_ORIGIN.originRequestPolicyId
      }
    }
  })
  template.hasResourceProperties('AWS::S3::Bucket', {
    CorsConfiguration: {
      CorsRules: [{
        AllowedOrigins: ['https://www.example.com'],
        AllowedMethods: ['GET', 'HEAD'],
        AllowedHeaders: ['Range']
      }]
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
