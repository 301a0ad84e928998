/* A client as its own process: an input line is a command, an output line is the body of the answer. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type InteropClient, PROGRAMS, type Prepared } from './clients.ts'

/** Commands that every program understands. */
export type Command = 'login' | 'remember' | 'user' | 'logout'

/** A running client. */
export interface ClientProcess {
  /** Sends a request to an origin; returns the body of the answer. */
  ask(command: Command, origin: string): Promise<string>
  /** Quits the client as a user would, and waits until it is gone. */
  end(): Promise<void>
}

/** Where a client runs. */
export interface Place {
  /** Its home directory, which also contains its cookie jar. */
  readonly directory: string
  readonly prepared: Prepared
}

/** Starts a client with the cookie jar of this directory. */
export function startClient(client: InteropClient, { directory, prepared }: Place): ClientProcess {
  const [command = '', ...args] = client.command(join(PROGRAMS, client.program), prepared)
  const child = spawn(command, [...args, join(directory, 'jar')], {
    cwd: directory,
    env: { ...process.env, HOME: directory, ...client.env?.(prepared) },
  })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const exited = once(child, 'exit')
  return {
    async ask(command, origin) {
      child.stdin.write(`${command} ${origin}\n`)
      const { done, value } = await lines.next()
      if (done) throw new Error(`${client.program} ended instead of an answer: ${Buffer.concat(errors)}`)
      return value
    },
    async end() {
      child.stdin.end()
      const [code] = await exited
      if (code !== 0) throw new Error(`${client.program} ended with ${code}: ${Buffer.concat(errors)}`)
    },
  }
}
