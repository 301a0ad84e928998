/*
 * Plain English: refuses words and phrases that are hard to read, and names replacements.
 * `node scripts/check-english.ts` checks ROOMS; `node scripts/check-english.ts src/login` checks the paths given.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files and folders that must be clean. */
const ROOMS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'bench',
  'docs',
  'examples',
  'scripts',
  'src',
  'test',
]
/** Pages that are history or are generated from elsewhere. */
const SKIPPED = /^docs\/(?:decisions|benchmarks)\/|^docs\/(?:problems|asvs)\.md$|(?:^|\/)(?:node_modules|dist|\.next)\//
const CHECKED = /\.(?:md|tsx?|py|conf)$|(?:^|\/)Caddyfile$/

/** Refused patterns, and their replacements. Code spans, code blocks and link targets are not checked. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bwho(?:m?ever|mso?ever|soever)\b|\bwhom\b/i, 'name the person: the user, the caller, the owner'],
  [/\b(?:some|no|any)body\b/i, 'name the person: a user, an attacker, a stranger, no user'],
  [/\bwhat(?:so)?ever\b/i, 'name the thing, or "any"'],
  [/\bis no\b/i, '"is not a …", "does not exist", or the adjective: "is malformed"'],
  [/(?:^|[.!?:;] +)(?:What|Who)\b(?! (?:is|are|does|do|to)\b)[^.?!]*\.(?= |$)/, 'begin with the subject'],
  [/\b(?:this|that|which|it) (?:is|was) none\b/i, '"is not counted", "does not exist"'],
  [/\b(?:a|an|the|each|every|this|that|one|no) (?:try|tries)\b/i, 'attempt'],
  [/\bmails?\b(?![ -](?:server|service|system|client))/i, 'email, email address'],
  [/\bthe audit\b(?! log)/i, 'the audit log'],
  [/\bend(?:s|ed|ing)? (?:(?:a|an|the|all|its|their|your|other|one|access) )*(?:sessions?|tokens?)\b/i, 'revoke'],
  [/\bma(?:kes?|de|king) (?:an?|the) (?:new )?(?:user|account|session|(?:access )?token|invitation)\b/i, 'create'],
  [/\b(?:the|an) own\b/i, 'your, its'],
  [/\balike\b/i, '"the same for … and …"'],
  [
    /\bstand(?:s|ing)? (?:back|on|in|there|at|beneath|beside)\b|\bstood\b/i,
    'is in, runs at a lower priority, for … use …',
  ],
  [/\bgo(?:es|ing)? on\b|\bwent on\b/i, 'continue'],
  [/\bfor ever\b/i, 'never expires, forever'],
  [/\bgood for\b/i, 'valid for, expires after'],
  [/\b(?:was|were|been) ordered\b/i, 'was requested'],
  [/\bas it was written\b/i, 'unmodified'],
  [/\bwould be a guess\b/i, 'it is ambiguous'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [
    /\b(?:lest|whence|thence|hence|whilst|where(?:by|in|upon|of)|there(?:of|in|upon)|hither(?:to)?|unto|shall|ought|naught)\b/i,
    'an everyday word',
  ],
]

/** A refused text: its line, its words and the replacement. */
export interface Finding {
  readonly line: number
  readonly words: string
  readonly instead: string
}

/** Finds banned words in a Markdown page, or in the comments of a program. */
export function findBannedWords(path: string, text: string): Finding[] {
  const prose = path.endsWith('.md') ? proseOf(text) : commentsOf(path, text)
  return prose.split('\n').flatMap((line, index) =>
    BANNED.flatMap(([pattern, instead]) => {
      const [words] = pattern.exec(line) ?? []
      return words === undefined ? [] : [{ line: index + 1, words: words.trim(), instead }]
    }),
  )
}

/** Returns the page without code blocks, code spans, HTML comments and link targets; line numbers do not change. */
function proseOf(text: string): string {
  return text
    .replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/\]\([^)\n]*\)|<https?:[^>\n]*>/g, ']')
}

/** Returns the comments of a program; code becomes blank, and line numbers do not change. */
function commentsOf(path: string, text: string): string {
  const comment = /\.tsx?$/.test(path)
    ? /(?<=^|[\s{(])\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/gm
    : /(?<=^|\s)#[^\n]*|"""[\s\S]*?"""/gm
  let end = 0
  let prose = ''
  for (const { 0: part, index } of text.matchAll(comment)) {
    prose +=
      blank(text.slice(end, index)) + (/^['"`](?!"")/.test(part) ? blank(part) : part.replace(/`[^`\n]*`/g, blank))
    end = index + part.length
  }
  return prose + blank(text.slice(end))
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

/** Returns the files of rooms to check, sorted. */
function filesOf(rooms: readonly string[]): string[] {
  return rooms
    .flatMap((room) =>
      statSync(room).isDirectory() ? globSync('**/*', { cwd: room }).map((file) => join(room, file)) : [room],
    )
    .filter((path) => CHECKED.test(path) && !SKIPPED.test(path))
    .toSorted()
}

if (import.meta.main) {
  const asked = process.argv.slice(2)
  const lines = filesOf(asked.length > 0 ? asked : ROOMS).flatMap((path) =>
    findBannedWords(path, readFileSync(path, 'utf8')).map(
      ({ line, words, instead }) => `${path}:${line}  "${words}"  write: ${instead}`,
    ),
  )
  for (const line of lines) console.error(line)
  if (lines.length > 0) process.exitCode = 1
}
