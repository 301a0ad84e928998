/* The style of a page: only the rules that the page can use. A page is smaller by a third without the others. */

/** A style sheet in rules. */
export type Style = readonly Rule[]

interface Rule {
  /** The condition around the rule: `@media print`. Empty: none. */
  readonly media: string
  readonly selectors: readonly Selector[]
  /** The declarations. */
  readonly declarations: string
}

interface Selector {
  readonly text: string
  /** Classes that the page must have. */
  readonly classes: readonly string[]
  /** Elements that the page must have. */
  readonly elements: readonly string[]
}

/** Reads a style sheet without comments. Only `@media` may contain rules. */
export function parseStyle(css: string): Style {
  const rules: Rule[] = []
  let media = ''
  for (const chunk of css.replaceAll('\n', '').split('}')) {
    const [declarations = '', selectors = '', condition] = chunk.split('{').toReversed()
    if (condition !== undefined) media = condition
    if (selectors === '')
      media = '' // the end of a condition
    else rules.push({ media, selectors: parseSelectors(selectors), declarations })
  }
  return rules
}

function parseSelectors(text: string): Selector[] {
  return splitSelectors(text).map((selector) => {
    const [first = '', ...others] = selector.split(':not(')
    const required = [first, ...others.map((other) => other.slice(other.indexOf(')')))].join('')
    const classes = [...required.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name)
    const elements = required.split(/[ >+~]/).flatMap((part) => part.match(/^[a-z][a-z\d]*/) ?? [])
    return { text: selector, classes, elements }
  })
}

/** Splits at commas, but not at those in parentheses. */
function splitSelectors(list: string): string[] {
  const selectors: string[] = []
  let open = ''
  for (const part of list.split(',')) {
    open += part
    if (open.lastIndexOf('(') > open.lastIndexOf(')')) open += ','
    else {
      selectors.push(open)
      open = ''
    }
  }
  return selectors
}

/** Returns the rules for a page. A rule without classes and elements is always among them. */
export function styleFor(style: Style, page: string): string {
  const present = new Set([...page.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')))
  const elements = new Set(['html', 'body', ...[...page.matchAll(/<([a-z][a-z\d]*)/g)].map(([, name = '']) => name)])
  let media = ''
  let css = ''
  for (const rule of style) {
    const used = rule.selectors.filter(
      (each) => each.classes.every((name) => present.has(name)) && each.elements.every((name) => elements.has(name)),
    )
    if (used.length === 0) continue
    if (rule.media !== media) css += `${media === '' ? '' : '}'}${rule.media === '' ? '' : `${rule.media}{`}`
    media = rule.media
    css += `${used.map(({ text }) => text).join(',')}{${rule.declarations}}`
  }
  return media === '' ? css : `${css}}`
}
