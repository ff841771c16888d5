import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Film } from './film.jsx'

const { film } = await (await fetch('/settings.json')).json()
const root = createRoot(document.querySelector('#root') ?? document.body)
root.render(<StrictMode><Film src={film} /></StrictMode>)
