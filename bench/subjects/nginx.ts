/* An API behind nginx: without authentication, and with forward-auth by Latchkey for every request. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../support/free-port.ts'
import { fetchOnce } from '../support/http-connection.ts'
import { emailOf } from '../support/requests.ts'
import { createOnSqlite, importEntry } from './latchkey.ts'
import { answerMe, listenOn, type Subject, type SubjectMakers } from './subject.ts'

interface Behind {
  readonly directory: string
  /** The port of the server behind nginx. */
  readonly port: number
  /** The lines of nginx's configuration for the location of the API. */
  readonly location: string
}

const READY_TIMEOUT_MS = 5_000
const RETRY_MS = 20

export const subjects: SubjectMakers = {
  async nginx({ directory }) {
    const port = await listenOn(createServer((_request, response) => answerMe(response, emailOf(0))))
    return startNginx({ directory, port, location: '' })
  },

  async 'latchkey-nginx'(options) {
    const auth = await createOnSqlite(options)
    const { toNodeHandler } = await importEntry<typeof import('../../src/node.ts')>(options, 'node')
    const server = createServer(
      toNodeHandler(auth, ({ headers }, response) => answerMe(response, String(headers['x-auth-user-email']))),
    )
    const location = `auth_request /auth/verify;
      auth_request_set $email $upstream_http_x_auth_user_email;
      proxy_set_header X-Auth-User-Email $email;
      proxy_set_header Cookie "";`
    return startNginx({ directory: options.directory, port: await listenOn(server), location })
  },
}

/** Starts one nginx process, on the core of this one, with kept-alive connections to the server behind it. */
async function startNginx({ directory, port: behind, location }: Behind): Promise<Subject> {
  const port = await findFreePort()
  const file = join(directory, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  writeFileSync(
    file,
    `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events {}
http {
  access_log off;
  ${temporary.join(' ')}
  keepalive_requests 1000000000;
  upstream behind {
    server 127.0.0.1:${behind};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    location /auth/ { proxy_pass http://behind; }
    location = /auth/verify {
      internal;
      proxy_pass http://behind;
      proxy_method GET;
      proxy_pass_request_body off;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Method $request_method;
      proxy_set_header X-Forwarded-Uri $request_uri;
    }
    location / {
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      ${location}
      proxy_pass http://behind;
    }
  }
}
`,
  )
  const companion = spawn('nginx', ['-c', file, '-e', join(directory, 'error.log')], { stdio: 'ignore' })
  const failed = new Promise<never>((_resolve, reject) => {
    companion.once('error', reject)
    companion.once('exit', (code) => reject(new Error(`nginx ended with code ${code}`)))
  })
  failed.catch(() => undefined) // `Promise.race` below throws this error
  await Promise.race([waitUntilReady(port), failed])
  return { listen: async () => port, companion }
}

async function waitUntilReady(port: number): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    try {
      await fetchOnce(port, 'GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n')
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(RETRY_MS)
    }
  }
}
