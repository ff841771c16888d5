import { Notes } from './notes.jsx'

// The address of the files is read when the page is asked for, and not when it is built.
export const dynamic = 'force-dynamic'

export default function Page () {
  return <Notes src={`${process.env.MEDIA_URL}/courses/42/notes.txt`} />
}
