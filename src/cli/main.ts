#!/usr/bin/env node
import { keepCompiled } from './compile-cache.ts'

keepCompiled() // before any other module is compiled
await import('./program.ts')
