/* The MCP server of docs/mcp.md. */
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import type { Latchkey, Principal } from '../../src/index.ts'

/** Builds the tools for one user. */
function toolsFor({ user }: Principal): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('whoami', { description: 'Your user id' }, async () => ({
    content: [{ type: 'text', text: user.id }],
  }))
  return server
}

/** Answers all requests of the server. */
export async function serve(auth: Latchkey, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith(`${auth.basePath}/`) || auth.rootPaths.includes(pathname)) return auth.handler(request)
  if (pathname !== '/mcp') return new Response('Not found', { status: 404 })
  try {
    const principal = await auth.require(request, { scopes: ['read'] })
    return await createMcpHandler(() => toolsFor(principal)).fetch(request)
  } catch (error) {
    return auth.toResponse(error)
  }
}
