/* Writes the capacity table into docs/scaling.md: `npm run write`, after `npm run bench`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Results } from '../bench/results.ts'
import { capacityTable } from './capacity.ts'

const page = fileURLToPath(new URL('../docs/scaling.md', import.meta.url))
const results = fileURLToPath(new URL('../docs/benchmarks/results.json', import.meta.url))
const table = capacityTable(JSON.parse(readFileSync(results, 'utf8')) as Results)
const BETWEEN = /(<!-- capacity:begin -->\n)[\s\S]*(<!-- capacity:end -->)/
writeFileSync(page, readFileSync(page, 'utf8').replace(BETWEEN, `$1\n${table}\n\n$2`))
