import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { formatNumber } from './report.js'

/**
 * What OpenSSL's own benchmark says of this machine, all cores at once; a note where there is no
 * `openssl`.
 */
export async function measureOpenssl () {
  const title = '## openssl speed'
  try {
    const lines = []
    for (const [algorithm, name] of [['rsa2048', 'RSA-2048'], ['ecdsap256', 'EC P-256']]) {
      const { stdout } = await promisify(execFile)('openssl', [
        'speed',
        '-seconds',
        '2',
        '-multi',
        String(availableParallelism()),
        '-mr',
        algorithm
      ])
      const result = stdout.split('\n').find((line) => /^\+F[24]:/.test(line))
      const seconds = Number(result?.split(':')[3])
      lines.push(
        `- ${name}: ${formatNumber(seconds > 1 ? seconds : 1 / seconds)} signatures per second`
      )
    }
    return [title, lines.join('\n')].join('\n\n')
  } catch {
    return [title, '`openssl` is not there.'].join('\n\n')
  }
}
