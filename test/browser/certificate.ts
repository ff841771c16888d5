import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

let made: Certificate | undefined

/** A self-signed certificate for the hosts of the tests, made once in a process. */
export function certificate (): Certificate {
  return made ??= makeCertificate()
}

function makeCertificate (): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'cdn-access-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  try {
    const options = {
      newkey: 'ec',
      pkeyopt: 'ec_paramgen_curve:prime256v1',
      days: '2',
      subj: '/CN=example.com',
      addext: 'subjectAltName=DNS:*.example.com,DNS:*.example.org',
      keyout: key,
      out: cert
    }
    const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value])
    execFileSync('openssl', ['req', '-x509', '-nodes', ...args], { stdio: 'pipe' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('openssl is missing: apt-get install openssl', { cause: error })
    }
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
}
