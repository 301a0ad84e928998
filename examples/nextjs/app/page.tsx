import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { getAuth } from '@/auth'

export default async function Page(): Promise<ReactNode> {
  const request = new Request('http://localhost', { headers: await headers() }) // first, so that `next build` does not render the page
  const principal = await (await getAuth()).authenticate(request)
  return <p>{principal ? `Hello ${principal.user.email}` : 'Please log in'}</p>
}
