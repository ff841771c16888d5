import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { shellWord } from './shell-word.js'

/** A file that `keygen` writes. */
export interface KeyFile {
  /** Of the folder where it is called. */
  readonly path: string
  readonly text: string
  /** True where its owner alone may read it. */
  readonly secret: boolean
}

/** The new keys of a CDN, and what to do with them. */
export interface VendorKeys {
  readonly files: readonly KeyFile[]
  /** Each with the command that does it, where there is one. */
  readonly steps: ReadonlyArray<{ readonly words: string, readonly command?: string }>
  /** The variables that give the key to the API; those that only the vendor knows are left open. */
  readonly variables: Readonly<Record<string, string>>
}

/** What can be chosen. */
export interface KeyChoice {
  /** The files' folder and the name: what their paths begin with. */
  readonly stem: string
  /** What the key is called at the vendor. */
  readonly name: string
  readonly type: 'ec' | 'rsa'
}

/** How the keys of each CDN of the registry are made, by its name there. */
export const vendorKeys: Readonly<Record<string, (choice: KeyChoice) => VendorKeys>> = {
  cloudfront: cloudFrontKeys,
  'google-cloud-cdn': cloudCdnKeys,
  'google-media-cdn': mediaCdnKeys,
  akamai: akamaiKeys,
  'uri-signing': uriSigningKeys,
  'common-access-token': commonAccessTokenKeys,
  nginx: nginxKeys
}

/** The variables that are yours to set, whatever the CDN. */
const site = { URL: 'https://media.example.com', COOKIE_DOMAIN: 'example.com' }

/** The CDNs whose names of keys begin with a letter: a command with another fails there. */
export const lettersFirst: ReadonlySet<string> = new Set(['google-cloud-cdn', 'google-media-cdn'])

function cloudFrontKeys ({ stem, name, type }: KeyChoice): VendorKeys {
  const { privateKey, publicKey } = type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const encoded = publicPem(publicKey)
  const request = { CallerReference: name, Name: name, EncodedKey: encoded }
  return {
    files: [
      { path: `${stem}.private.pem`, text: privatePem(privateKey), secret: true },
      { path: `${stem}.public.pem`, text: encoded, secret: false },
      {
        path: `${stem}.public-key-config.json`,
        text: `${JSON.stringify(request, null, 2)}\n`,
        secret: false
      }
    ],
    steps: [
      {
        words: 'Give CloudFront the public half. The answer has its id, K…:',
        command: 'aws cloudfront create-public-key --public-key-config ' +
          `file://${shellWord(`${stem}.public-key-config.json`)}`
      },
      {
        words:
          'Where the behaviour names a key group already, put that id into it, beside its other ' +
          'keys (aws cloudfront update-key-group), and go on with step 4. Otherwise make one:',
        command: `aws cloudfront create-key-group --key-group-config 'Name=${name},Items=[KEY_ID]'`
      },
      {
        words:
          'Name the group under "Restrict viewer access" of the behaviour, as trusted key group.'
      }
    ],
    variables: {
      CDN: 'cloudfront',
      ...site,
      KEY_ID: '',
      PRIVATE_KEY_FILE: `${stem}.private.pem`
    }
  }
}

function cloudCdnKeys ({ stem, name }: KeyChoice): VendorKeys {
  const command = `add-signed-url-key BACKEND --key-name ${name} --key-file ${
    shellWord(`${stem}.key`)
  }`
  return {
    // With the padding that gcloud asks for.
    files: [{
      path: `${stem}.key`,
      text: `${randomBytes(16).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}\n`,
      secret: true
    }],
    steps: [
      {
        words: 'Give it to a backend bucket:',
        command: `gcloud compute backend-buckets ${command}`
      },
      { words: 'or to a backend service:', command: `gcloud compute backend-services ${command}` },
      { words: 'Refuse unsigned requests at the origin: Cloud CDN itself lets them through.' }
    ],
    variables: {
      CDN: 'google-cloud-cdn',
      ...site,
      KEY_ID: name,
      PRIVATE_KEY_FILE: `${stem}.key`
    }
  }
}

function mediaCdnKeys ({ stem, name }: KeyChoice): VendorKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    files: [{ path: `${stem}.private.pem`, text: privatePem(privateKey), secret: true }],
    steps: [
      {
        words: 'Make a keyset with the public half:',
        command: `gcloud edge-cache keysets create ${name} --public-key='id=${name}-1,value=${x}'`
      },
      {
        words:
          `Set signedRequestMode: REQUIRE_SIGNATURES and signedRequestKeyset: ${name} in the ` +
          'cdnPolicy of the route.'
      }
    ],
    variables: {
      CDN: 'google-media-cdn',
      ...site,
      KEY_ID: name,
      PRIVATE_KEY_FILE: `${stem}.private.pem`
    }
  }
}

function akamaiKeys ({ stem }: KeyChoice): VendorKeys {
  return {
    // 128 bits: Adaptive Media Delivery takes no more.
    files: [{ path: `${stem}.key`, text: `${randomBytes(16).toString('hex')}\n`, secret: true }],
    steps: [
      {
        words:
          'Add the behaviour verifyTokenAuthorization to the rule of the protected paths, with ' +
          `location COOKIE, token name __token__, algorithm SHA256, the key of ${stem}.key, and ` +
          'without salt and escaping of inputs.'
      },
      { words: 'Activate the property on staging, then on production.' }
    ],
    variables: {
      CDN: 'akamai',
      ...site,
      PRIVATE_KEY_FILE: `${stem}.key`
    }
  }
}

function uriSigningKeys ({ stem, name }: KeyChoice): VendorKeys {
  const issuer = 'https://api.example.com'
  const key = { kty: 'oct', kid: name, alg: 'HS256', k: randomBytes(32).toString('base64url') }
  const ring = { [issuer]: { renewal_kid: name, keys: [key] } }
  return {
    files: [
      { path: `${stem}.jwk.json`, text: `${JSON.stringify(key)}\n`, secret: true },
      { path: `${stem}.keys.json`, text: `${JSON.stringify(ring, null, 2)}\n`, secret: true }
    ],
    steps: [
      {
        words:
          `Write your issuer into ${stem}.keys.json in place of ${issuer}, and make refuse.config ` +
          'as the documentation of URI Signing shows it: without it one request can end the process. Name ' +
          'both in remap.config: @plugin=header_rewrite.so @pparam=refuse.config ' +
          `@plugin=uri_signing.so @pparam=${stem}.keys.json`
      },
      { words: 'Let it read that:', command: 'traffic_ctl config reload' }
    ],
    variables: {
      CDN: 'uri-signing',
      ...site,
      KEY_ID: issuer,
      PRIVATE_KEY_FILE: `${stem}.jwk.json`
    }
  }
}

function commonAccessTokenKeys ({ stem, name }: KeyChoice): VendorKeys {
  return {
    files: [{
      path: `${stem}.key`,
      text: `${randomBytes(32).toString('base64url')}\n`,
      secret: true
    }],
    steps: [
      {
        words: `Give the verifier at the edge the content of ${stem}.key as secret for HS256, in ` +
          `base64url and under the id ${name}, by its store of secrets.`
      },
      { words: 'Set there the same issuer, the host of the URL, and the name of the cookie.' }
    ],
    variables: {
      CDN: 'common-access-token',
      ...site,
      ISSUER: 'https://api.example.com',
      KEY_ID: name,
      PRIVATE_KEY_FILE: `${stem}.key`
    }
  }
}

function nginxKeys ({ stem }: KeyChoice): VendorKeys {
  return {
    files: [{
      path: `${stem}.secret`,
      text: `${randomBytes(32).toString('base64url')}\n`,
      secret: true
    }],
    steps: [
      {
        words: `Put the content of ${stem}.secret in place of SECRET into the location of nginx: ` +
          'secure_link_md5 "$secure_link_expires$cdn_access_scope SECRET";'
      },
      { words: 'Try the configuration, and load it:', command: 'nginx -t && nginx -s reload' }
    ],
    variables: {
      CDN: 'nginx',
      ...site,
      SCOPE: '/v/:id/',
      PRIVATE_KEY_FILE: `${stem}.secret`
    }
  }
}

function privatePem (key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function publicPem (key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
