/* Notes of users who log in. */
import { Body, Controller, Delete, Get, HttpCode, Module, Post, Req, UseGuards } from '@nestjs/common'
import type { Request } from 'express'
import type { Principal } from 'latchkey'
import { CurrentPrincipal, requireAuth } from './auth.ts'

const notes = new Map<string, string[]>()

@Controller()
class NotesController {
  @Get()
  greet(@Req() request: Request): string {
    return request.auth ? `Hello ${request.auth.user.email}` : 'Please log in'
  }

  @Get('notes')
  @UseGuards(requireAuth())
  list(@CurrentPrincipal() { user }: Principal): string[] {
    return notes.get(user.id) ?? []
  }

  @Post('notes')
  @UseGuards(requireAuth())
  add(@CurrentPrincipal() { user }: Principal, @Body() body: { text: string }): string[] {
    const mine = [...(notes.get(user.id) ?? []), String(body.text)]
    notes.set(user.id, mine)
    return mine
  }

  @Delete('notes')
  @HttpCode(204)
  @UseGuards(requireAuth({ fresh: true }))
  clear(@CurrentPrincipal() { user }: Principal): void {
    notes.delete(user.id)
  }
}

@Module({ controllers: [NotesController] })
export class NotesModule {}
