import { CfnOutput, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { BlockPublicAccess, Bucket, HttpMethods } from 'aws-cdk-lib/aws-s3'

/**
 * @typedef {object} Media
 * @property {string} host The distribution's own name, below the domain that the API shares.
 * @property {string} page The origin of the page that plays, such as `https://www.example.com`.
 * @property {string} certificateArn A certificate for `host`, in us-east-1.
 * @property {ReadonlyArray<{ name: string, pem: string }>} publicKeys All that are accepted. A name
 * stands for its key: a new key takes a new name, for CloudFront lets no key be changed.
 */

/** A private bucket, and a distribution that asks for signed cookies but below `/public/`. */
export class MediaStack extends Stack {
  /**
   * @param {import('constructs').Construct} scope
   * @param {string} id
   * @param {import('aws-cdk-lib').StackProps & Media} props
   */
  constructor (scope, id, { host, page, certificateArn, publicKeys, ...props }) {
    super(scope, id, props)

    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // The bucket answers preflights that CloudFront passes on.
      cors: [{
        allowedOrigins: [page],
        allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
        allowedHeaders: ['Range'],
        maxAge: 3600
      }],
      removalPolicy: RemovalPolicy.RETAIN
    })
    const items = publicKeys.map(({ name, pem }) =>
      new cloudfront.PublicKey(this, `Key-${name}`, { encodedKey: pem })
    )
    const keyGroup = new cloudfront.KeyGroup(this, 'Keys', { items })

    const open = {
      // With an origin access control, so that the bucket answers this distribution alone.
      origin: S3BucketOrigin.withOriginAccessControl(bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED
    }
    const distribution = new cloudfront.Distribution(this, 'Media', {
      domainNames: [host],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      // What no pattern matches is closed, however its path is spelt.
      defaultBehavior: {
        ...open,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        originRequestPolicy: cloudfront.OriginRequestPolicy.CORS_S3_ORIGIN,
        trustedKeyGroups: [keyGroup],
        responseHeadersPolicy: this.headersFor(page)
      },
      additionalBehaviors: { '/public/*': open }
    })

    const output = {
      Url: `https://${host}`,
      KeyPairIds: Fn.join(',', items.map(({ publicKeyId }) => publicKeyId)),
      PointHostTo: distribution.distributionDomainName,
      BucketName: bucket.bucketName
    }
    for (const [name, value] of Object.entries(output)) new CfnOutput(this, name, { value })
  }

  /**
   * For each reply of the behaviour, the refusals too: without CORS a player takes a 403 for a
   * broken network.
   *
   * @param {string} page
   */
  headersFor (page) {
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      corsBehavior: {
        accessControlAllowCredentials: true,
        accessControlAllowOrigins: [page],
        accessControlAllowMethods: ['GET', 'HEAD'],
        accessControlAllowHeaders: ['Range'],
        accessControlMaxAge: Duration.hours(1),
        originOverride: true
      },
      // To viewers alone: how long CloudFront caches is the cache policy's matter.
      customHeadersBehavior: {
        customHeaders: [{ header: 'Cache-Control', value: 'private, no-cache', override: true }]
      }
    })
  }
}
