/* Latchkey for a NestJS application: a guard, a parameter decorator, and a filter for refusals. */
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common'
import type { Request, Response } from 'express'
import { createLatchkey, type Principal, Refusal, type Requirement } from 'latchkey'
import { principalOf } from 'latchkey/express'
import { sqlite } from 'latchkey/sqlite'

export const port = Number(process.env.PORT ?? 3000)
export const auth = await createLatchkey({ baseUrl: `http://localhost:${port}`, storage: sqlite('app.db') })

/** `@UseGuards(requireAuth())` requires a logged-in user; `requireAuth({ fresh: true })` also a recent proof of identity. */
export function requireAuth(requirement?: Requirement): CanActivate {
  return {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<Request>()
      request.auth = await auth.require(request, requirement)
      return true
    },
  }
}

/** `@CurrentPrincipal() { user }: Principal` is the principal of the request, on routes behind the guard. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => principalOf(context.switchToHttp().getRequest<Request>()),
)

/** Answers with the refusal that the guard threw. */
@Catch(Refusal)
export class RefusalFilter implements ExceptionFilter<Refusal> {
  async catch(refusal: Refusal, host: ArgumentsHost): Promise<void> {
    const answer = auth.toResponse(refusal)
    const response = host.switchToHttp().getResponse<Response>()
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  }
}
