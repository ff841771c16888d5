import type { CdnAnswer } from './answer.js'
import { unknown } from './explain.js'

/** A refusal as a page, for whoever develops and looks at it in a browser. It runs no script. */
export function refusalPage ({ cdn, status, checks, notes = [] }: CdnAnswer): string {
  const rows = checks.map(({ name, ok, detail, code, expected, found, fix }) =>
    `<tr class="${ok ? 'ok' : 'no'}"><td>${ok ? '✓' : '✗'}<td>${escape(name)}<td>${
      [
        escape(detail),
        labelled('code', code),
        labelled('expected', expected),
        labelled('found', found),
        labelled('fix', fix)
      ].join('')
    }`
  )
  const items = notes.map(({ code, detail, fix }) =>
    `<li>${escape(detail)} ${escape(fix)} <code>${escape(code)}</code>`
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${status}: why ${escape(cdn)} refuses</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 3rem auto; padding: 0 1rem }
td { padding: .3rem .8rem .3rem 0; vertical-align: top }
.no { color: #a00 }
p { margin: .2rem 0 }
</style>
<h1>${status}: the edge of “${escape(cdn)}” refuses this request</h1>
<table>
${rows.join('\n')}
</table>
${items.length === 0 ? '' : `<h2>Also</h2>\n<ul>\n${items.join('\n')}\n</ul>`}
<p>${escape(unknown)}</p>
</html>
`
}

function labelled (label: string, text: string | undefined): string {
  return text === undefined ? '' : `<p>${label}: ${escape(text)}</p>`
}

function escape (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
