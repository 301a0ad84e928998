#!/usr/bin/env node
import { keepCompiled } from './compile-cache.ts'

keepCompiled() // before anything of the program is compiled
await import('./program.ts')
