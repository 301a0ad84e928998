import { withAuth } from '@/auth'

const notes = new Map<string, string[]>()

export const GET = withAuth(async (_, { user }) => Response.json(notes.get(user.id) ?? []))

export const POST = withAuth(async (request, { user }) => {
  const { text } = (await request.json()) as { text: string }
  notes.set(user.id, [...(notes.get(user.id) ?? []), String(text)])
  return Response.json(notes.get(user.id), { status: 201 })
})

export const DELETE = withAuth(
  async (_, { user }) => {
    notes.delete(user.id)
    return new Response(null, { status: 204 })
  },
  { fresh: true },
)
