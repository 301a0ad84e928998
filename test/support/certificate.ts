import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate authority for tests. */
export interface Authority {
  /** Its certificate (PEM), which clients must trust. */
  readonly cert: string
  /** Issues a certificate for a server. */
  issue(names?: readonly string[]): Certificate
}

const THIS_MACHINE: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1']

/** Creates a self-signed certificate for names of this machine (`DNS:localhost`, `IP:127.0.0.1`), valid for one day. */
export function makeCertificate(names: readonly string[] = THIS_MACHINE): Certificate {
  return requestCertificate([`subjectAltName=${names.join(',')}`])
}

/** Creates an authority that is valid for one day. Its certificates follow RFC 5280, which strict clients check. */
export function makeAuthority(): Authority {
  const authority = requestCertificate(['keyUsage=critical,keyCertSign', 'subjectKeyIdentifier=hash'])
  return {
    cert: authority.cert,
    issue: (names = THIS_MACHINE) =>
      requestCertificate(
        [
          `subjectAltName=${names.join(',')}`,
          'basicConstraints=critical,CA:FALSE',
          'keyUsage=critical,digitalSignature',
          'extendedKeyUsage=serverAuth',
          'authorityKeyIdentifier=keyid:always',
        ],
        authority,
      ),
  }
}

function requestCertificate(extensions: readonly string[], issuer?: Certificate): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'))
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  const [issuerCert, issuerKey] = [join(directory, 'issuer-cert.pem'), join(directory, 'issuer-key.pem')]
  const subject = ['-subj', `/CN=latchkey-test${issuer ? '-server' : ''}`]
  const added = extensions.flatMap((extension) => ['-addext', extension])
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const signing = issuer ? ['-CA', issuerCert, '-CAkey', issuerKey] : []
  try {
    if (issuer) {
      writeFileSync(issuerCert, issuer.cert)
      writeFileSync(issuerKey, issuer.key)
    }
    const args = ['req', '-x509', ...kind, ...subject, ...added, ...signing, '-keyout', key, '-out', cert]
    execFileSync('openssl', args, { stdio: 'pipe' })
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
