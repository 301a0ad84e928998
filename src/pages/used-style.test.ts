import { expect, test } from 'vitest'
import { parseStyle, styleFor } from './used-style.ts'

const STYLE = parseStyle(`
a,.b,.c d{e:f}
@media (min-width:1px){.b{g:h}i .c,.b:not(.z,.y){j:k}}
.b .c:hover,[hidden]{l:m}
@media print{n{o:p}}@media screen{.c{q:r}}
`)

test.each([
  ['', '[hidden]{l:m}'],
  ['<p class="b">', '.b{e:f}@media (min-width:1px){.b{g:h}.b:not(.z,.y){j:k}}[hidden]{l:m}'],
  ['<n><a href="/i">', 'a{e:f}[hidden]{l:m}@media print{n{o:p}}'],
  [
    '<p class="x c b"><d><i><a>',
    'a,.b,.c d{e:f}@media (min-width:1px){.b{g:h}i .c,.b:not(.z,.y){j:k}}.b .c:hover,[hidden]{l:m}@media screen{.c{q:r}}',
  ],
])('a page with %j gets the rules that it can use', (page, css) => {
  expect(styleFor(STYLE, page)).toBe(css)
})
