import { type Frame, supportName } from './frame.ts'
import type { Action, Letter } from './letter.ts'

/**
 * Maximum length of a line: the recommendation of RFC 5322 section 2.1.1, minus two characters for the quote marks of a
 * reply.
 */
const LINE_LENGTH = 76

/** Renders a letter as plain text. Lines have at most 76 characters unless a word is longer. Links are never broken. */
export function renderText(letter: Letter, { site, texts, look, formatTime }: Frame): string {
  const { heading, before, facts = [], action, alternative, after } = letter
  const factLines = facts.map(({ label, value }) =>
    wrap(`${label}${texts.colon} ${typeof value === 'number' ? formatTime(value) : value}`),
  )
  const support =
    look.support === null ? '' : `\n${wrap(`${texts.support}${texts.colon} ${supportName(look.support)}`)}`
  return `${[
    wrap(heading),
    ...before.slice(0, 1).map(wrap),
    ...(facts.length === 0 ? [] : [factLines.join('\n')]),
    ...before.slice(1).map(wrap),
    actionText({
      label: /[.!?:]$/.test(action.label) ? action.label : `${action.label}${texts.colon}`,
      link: action.link,
    }),
    ...(alternative === undefined ? [] : [actionText(alternative)]),
    ...after.map(wrap),
    `-- \n${wrap(texts.footer(site))}${support}`, // marks a signature (RFC 3676 section 4.3)
  ].join('\n\n')}\n`
}

function actionText({ label, link }: Action): string {
  return `${wrap(label)}\n${link}`
}

/** Wraps a paragraph at its spaces, but not at those before French punctuation, which do not break. */
function wrap(paragraph: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(/[ \t\r\n]+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && [...longer].length > LINE_LENGTH) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line].join('\n')
}
