/**
 * Who can log in, and the courses that each has booked. There are no passwords: this is a demo. Of
 * Cleo's courses only the first two have files, which is enough to see how many a browser holds.
 */
export const people = [
  { id: 'ada', name: 'Ada', courses: ['1'] },
  { id: 'bob', name: 'Bob', courses: ['2'] },
  { id: 'cleo', name: 'Cleo', courses: Array.from({ length: 12 }, (_, index) => String(index + 1)) }
]

/** The protected files, by the path that gives access to them. */
export const folders = [
  {
    title: 'Course 1: The sea',
    audience: 'Booked by Ada and Cleo',
    course: '1',
    path: '/courses/1/',
    pictures: [
      {
        file: 'harbour.svg',
        title: 'Harbour',
        alt: 'A lighthouse and a sailing boat on a calm sea at dusk'
      },
      { file: 'waves.svg', title: 'Waves', alt: 'Rows of green and blue waves under a low sun' }
    ]
  },
  {
    title: 'Course 2: The sky',
    audience: 'Booked by Bob and Cleo',
    course: '2',
    path: '/courses/2/',
    pictures: [
      { file: 'orbits.svg', title: 'Orbits', alt: 'Four planets on their orbits around a sun' },
      {
        file: 'ridge.svg',
        title: 'Night ridge',
        alt: 'A full moon and stars over dark mountain ridges'
      }
    ]
  },
  {
    title: 'For everyone who is logged in',
    audience: 'Ada, Bob and Cleo',
    path: '/shared/',
    pictures: [
      {
        file: 'library.svg',
        title: 'Library',
        alt: 'Coloured book spines and a plant on two shelves'
      },
      { file: 'garden.svg', title: 'Garden', alt: 'Three round trees on a hill in the morning' }
    ]
  }
]

/** The protected video of course 1. */
export const clip = { title: 'The swell', course: '1', path: '/courses/1/video/index.m3u8' }
