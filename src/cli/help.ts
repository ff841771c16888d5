/** One option of a command. */
export interface OptionHelp {
  /** Without its dashes. */
  readonly name: string
  /** What its value is called; undefined for a flag. */
  readonly value?: string
  readonly about: string
}

/** All that is said of a command; its options are read by this too. */
export interface CommandHelp {
  readonly name: string
  readonly usage: string
  /** One line, for the list of commands. */
  readonly summary: string
  readonly about: string
  readonly options: readonly OptionHelp[]
  readonly examples: readonly string[]
}

const help: OptionHelp = { name: 'help', about: 'Show this, and do nothing.' }
const json: OptionHelp = {
  name: 'json',
  about: 'Print JSON for programs. It holds no cookie value, no signature and no key.'
}
const config: OptionHelp = {
  name: 'config',
  value: 'module.js',
  about: 'A module that exports the plugin\'s options as default, or a CDN as "cdn", or several ' +
    'as "cdns". Without it the variables CDN_ACCESS_* are read.'
}

const allOptions: OptionHelp = {
  name: 'config',
  value: 'module.js',
  about: 'A module that exports all options of the plugin as default. Without it the variables ' +
    'of the plugin, CDN_ACCESS_*, are read, and beside it they are not.'
}

const captures: readonly OptionHelp[] = [
  { name: 'cookie', value: 'text', about: 'The Cookie header, as the browser\'s tools show it.' },
  {
    name: 'cookie-jar',
    value: 'file',
    about: 'A jar in Netscape\'s format, as curl -c writes it.'
  },
  { name: 'har', value: 'file', about: 'What a browser\'s network panel saved.' },
  { name: 'curl', value: 'file', about: 'A command that was copied by "Copy as cURL".' }
]

export const commands: readonly CommandHelp[] = [
  {
    name: 'explain',
    usage: 'cdn-access explain [url] [options]',
    summary: 'Say why a CDN refuses a request, check by check, and how to mend it.',
    about:
      'Runs the CDN\'s own checks on a request as somebody has seen it fail. With the keys of ' +
      'the CDN it checks signatures too; without any it says what can be seen, and what can\'t. ' +
      'A HAR file gives every refused request of it, or the one that is named. Anything of this ' +
      'may also be piped in. Exit code: 0 where all is allowed, 1 where something is refused.',
    options: [
      ...captures,
      config,
      {
        name: 'ip',
        value: 'address',
        about: 'The viewer\'s address, where access is bound to one.'
      },
      {
        name: 'at',
        value: 'time',
        about: 'When it was asked for: an ISO date, or epoch seconds. Default: now.'
      },
      { name: 'method', value: 'name', about: 'The method of the request. Default: GET.' },
      json,
      help
    ],
    examples: [
      'cdn-access explain https://media.example.com/courses/42/a.png --cookie "$COOKIE"',
      'cdn-access explain --har failed.har --config cdn.js',
      'pbpaste | cdn-access explain'
    ]
  },
  {
    name: 'inspect',
    usage: 'cdn-access inspect [url] [options]',
    summary: 'Decode cookies and signed URLs of any CDN, without keys.',
    about: 'Says who signed, what for, and from when until when, for the cookies and URLs of all ' +
      'formats. Nothing of it is verified: that takes keys, and "explain". Exit code: 0 where ' +
      'credentials were found, 1 where none were.',
    options: [
      ...captures,
      {
        name: 'method',
        value: 'name',
        about: 'Taken as explain takes it; it changes nothing here.'
      },
      json,
      help
    ],
    examples: [
      'cdn-access inspect --cookie "$COOKIE"',
      'cdn-access inspect "https://media.example.com/a.png?Expires=1767226200&Signature=…&Key-Pair-Id=K2"',
      'cdn-access inspect --cookie-jar jar.txt'
    ]
  },
  {
    name: 'keygen',
    usage: 'cdn-access keygen <cdn> [options]',
    summary: 'Make the keys of a CDN, and say what to do with them there.',
    about:
      'Writes new keys into files that their owner alone may read, never over a file that is ' +
      'there, and prints the steps at the vendor. <cdn> is cloudfront, google-cloud-cdn, ' +
      'google-media-cdn, akamai, uri-signing, common-access-token or nginx.',
    options: [
      {
        name: 'out',
        value: 'folder',
        about: 'Where the files go; it is made where it is missing. Default: here.'
      },
      {
        name: 'name',
        value: 'name',
        about: 'What the files, and the key at the vendor, are called. Default: cdn-access.'
      },
      { name: 'type', value: 'type', about: 'For cloudfront: "ec" (default) or "rsa".' },
      json,
      help
    ],
    examples: [
      'cdn-access keygen cloudfront --name media-2026',
      'cdn-access keygen google-cloud-cdn --out secrets'
    ]
  },
  {
    name: 'sign',
    usage: 'cdn-access sign <cdn> <path> [options]',
    summary: 'Print cookies, or a signed URL, for one path.',
    about:
      'Signs with the key of --config or of the variables. <cdn> is the name of a configured ' +
      'CDN. <path> is what is opened; from here it may end in /*.',
    options: [
      config,
      {
        name: 'ttl',
        value: 'duration',
        about: 'How long it works, such as 90s or 10m. Default: 10m.'
      },
      { name: 'url', about: 'Print a signed URL in place of cookies.' },
      { name: 'format', value: 'form', about: 'Of cookies: header (default), curl, jar or json.' },
      { name: 'ip', value: 'address', about: 'Bind access to an address or a range.' },
      help
    ],
    examples: [
      'curl -H "$(cdn-access sign cloudfront "/courses/42/*")" https://media.example.com/courses/42/a.png',
      'cdn-access sign cloudfront "/courses/42/*" --format jar > jar.txt',
      'cdn-access sign cloudfront /a.pdf --url --ttl 1h'
    ]
  },
  {
    name: 'doctor',
    usage: 'cdn-access doctor [options]',
    summary: 'Check a configuration, and with --probe the API and the CDN themselves.',
    about:
      'Checks options, keys, the cookies\' Domain, their attributes and sizes, and the life of ' +
      'access. With --probe it asks the API as a viewer does, and the CDN with the cookies of that ' +
      'reply, without any, ' +
      'with other signatures in them, and with cookies that ended a minute ago, which it signs ' +
      'with the configured key, where there is one. It says what the answers tell. With ' +
      '--distribution it asks AWS how that CloudFront distribution is set up, and compares: its ' +
      'names, its keys, and what it asks of viewers at the granted "paths". Exit code: 0 where all ' +
      'is well, 1 where something is not.',
    options: [
      allOptions,
      {
        name: 'distribution',
        value: 'id',
        about: 'A CloudFront distribution to compare with, E…. It takes the package ' +
          '@aws-sdk/client-cloudfront, credentials as the AWS SDK finds them, and the permissions ' +
          'cloudfront:GetDistribution, GetKeyGroup and GetPublicKey.'
      },
      { name: 'probe', about: 'Ask the API and the CDN over the network.' },
      {
        name: 'api',
        value: 'url',
        about: 'The address of the route, such as https://api.example.com/cdn-access.'
      },
      {
        name: 'file',
        value: 'url',
        about: 'A protected file at the CDN that the viewer may fetch.'
      },
      {
        name: 'page',
        value: 'url',
        about: 'The address of the page that embeds it all; default: the API\'s origin.'
      },
      {
        name: 'headers-from',
        value: 'file',
        about:
          'Headers of a viewer, one "name: value" a line. Default: the variable CDN_ACCESS_PROBE_HEADERS.'
      },
      json,
      help
    ],
    examples: [
      'cdn-access doctor --config cdn.js',
      'cdn-access doctor --config cdn.js --distribution EDFDVBD6EXAMPLE',
      'cdn-access doctor --probe --api https://api.example.com/cdn-access --file https://media.example.com/a.png --headers-from viewer.txt'
    ]
  },
  {
    name: 'edge',
    usage: 'cdn-access edge <runtime> [options]',
    summary: 'Print what checks Common Access Tokens at an edge, and how to deploy it.',
    about: 'Prints one file, ready for <runtime>: cloudflare-worker, cloudfront-function or ' +
      'lambda-at-edge. Its constants are those of the CDN common-access-token of --config or of ' +
      'the variables. The steps at the vendor go to the error output. For lambda-at-edge, which ' +
      'has no place for secrets, the keys stand in the file. No file is written over.',
    options: [
      config,
      { name: 'out', value: 'file', about: 'Where the file goes. Default: the output.' },
      {
        name: 'origin',
        value: 'url',
        about: 'The origin of a page whose scripts may read why they are refused. As often as ' +
          'there are such pages.'
      },
      {
        name: 'keys',
        value: 'file',
        about: 'Write the keys too, as the runtime\'s own store of secrets takes them.'
      },
      {
        name: 'event',
        value: 'file',
        about: 'For cloudfront-function: write an event for "aws cloudfront test-function" too, ' +
          'with a cookie that is good for an hour.'
      },
      help
    ],
    examples: [
      'cdn-access edge cloudfront-function --config cdn.js --origin https://www.example.com --out function.js --keys keys.json --event event.json',
      'cdn-access edge cloudflare-worker --config cdn.js > worker.js'
    ]
  }
]

/** The help of all commands. */
export function overview (): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'Why was it refused? For signed cookies and URLs of CDNs.',
    '',
    'Usage: cdn-access <command> [options]',
    '',
    ...list,
    '',
    'cdn-access <command> --help says more, with examples.',
    'Exit codes: 0 allowed or healthy, 1 refused or unhealthy, 2 called in a way that can\'t work.',
    ''
  ].join('\n')
}

/** The help of one command. */
export function helpOf ({ usage, about, options, examples }: CommandHelp): string {
  const names = options.map(({ name, value }) =>
    `--${name}${value === undefined ? '' : ` <${value}>`}`
  )
  const width = Math.max(...names.map(({ length }) => length))
  const list = options.flatMap(({ about: words }, index) => {
    const [first = '', ...rest] = wrap(words, 78 - width)
    return [
      `  ${names[index]!.padEnd(width)}  ${first}`,
      ...rest.map((line) => `${' '.repeat(width + 4)}${line}`)
    ]
  })
  return [
    `Usage: ${usage}`,
    '',
    ...wrap(about, 80),
    '',
    ...list,
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
    ''
  ].join('\n')
}

function wrap (text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)!} ${word}`.trim()
    if (longer.length > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}
