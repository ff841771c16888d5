/** Who can log in, and the course that each has booked. There are no passwords: this is a demo. */
export const people = [
  { id: 'ada', name: 'Ada', course: 1 },
  { id: 'bob', name: 'Bob', course: 2 }
]

/** The protected files, by the path that gives access to them. */
export const folders = [
  {
    title: 'Course 1: The sea',
    audience: 'Booked by Ada',
    people: ['ada'],
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
    audience: 'Booked by Bob',
    people: ['bob'],
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
    audience: 'Ada and Bob',
    people: ['ada', 'bob'],
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
export const clip = { title: 'The swell', people: ['ada'], path: '/courses/1/video/index.m3u8' }
