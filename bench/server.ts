/*
 * One server under test in a separate process: `node bench/server.ts <subject> <options as JSON>`. It sends its port to
 * the parent process, and answers the parent's questions about the process.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { entryOf } from './catalogue.ts'
import type { SubjectMakers, SubjectOptions } from './subjects/subject.ts'
import { createProfiler } from './support/profiler.ts'
import { countSqliteStatements } from './support/sqlite-counter.ts'

/** Questions that the parent can ask. */
export type Question = 'cpu' | 'rss' | 'statements' | 'profile' | 'profiled' | 'stop'

const GIVE_BACK_MS = 300
const [id = '', options = '{}'] = process.argv.slice(2)
const readStatements = countSqliteStatements(process.env.BENCH_COUNT_STATEMENTS === '1')
const { file } = entryOf(id)
const { subjects } = (await import(new URL(file, import.meta.url).href)) as { subjects: SubjectMakers }
const make = subjects[id]
if (make === undefined) throw new Error(`${file} makes no "${id}"`)
const subject = await make(JSON.parse(options) as SubjectOptions)
const port = await subject.listen()

const profiler = createProfiler()

const answers: Readonly<Record<Question, () => unknown>> = {
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system + companionMicroseconds()
  },
  rss: async () => {
    globalThis.gc?.()
    await sleep(GIVE_BACK_MS) // free pages return to the system a little later
    globalThis.gc?.()
    return process.memoryUsage.rss()
  },
  statements: readStatements,
  profile: profiler.start,
  profiled: profiler.stop,
  stop: () => process.exit(0),
}

process.on('exit', () => subject.companion?.kill('SIGKILL'))
process.on('message', async (question) => process.send?.(await answers[question as Question]()))
process.on('disconnect', () => process.exit(0)) // the parent has exited
process.send?.({ port, companion: subject.companion?.pid })

/** Returns the CPU time of the process that responds together with this one. Linux reports it in nanoseconds. */
function companionMicroseconds(): number {
  const pid = subject.companion?.pid
  return pid === undefined ? 0 : Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000
}
