/* Latchkey answers every request under /auth. */
import { getAuth } from '@/auth'

const handler = async (request: Request): Promise<Response> => (await getAuth()).handler(request)

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST }
