/**
 * What to open, and the same journey for a shell.
 *
 * @param {{ api: string, edge: string, ttl: number }} demo
 */
export function guide ({ api, edge, ttl }) {
  const jar = '-b "$JAR" -c "$JAR"'
  return `
fastify-cdn-access demo

  Open  ${api}

  API   ${api}  logs in, and issues cookies at /cdn-access
  Edge  ${edge}  holds the files, and refuses what CloudFront and a function beside it would
  Access lives ${ttl} s. Set PORT, EDGE_PORT and TTL (seconds) to change this. Ctrl-C ends it.

The same with curl:

  A jar for the cookies
    JAR=$(mktemp)
  403, and why: there is no cookie
    curl -s -w '\\n%{http_code}\\n' ${edge}/courses/1/harbour.svg
  200: log in as Ada
    curl -s -w '\\n%{http_code}\\n' ${jar} -X POST ${api}/login/ada
  200, "issued": one set of cookies for /courses/1/, one for /shared/
    curl -si -w '\\n' ${jar} ${api}/cdn-access
  200: the edge lets her in
    curl -sI -b "$JAR" ${edge}/courses/1/harbour.svg
  200, "fresh": nothing to do, no Set-Cookie
    curl -si -w '\\n' ${jar} ${api}/cdn-access
  403: the other course stays closed
    curl -s -w '\\n%{http_code}\\n' -b "$JAR" ${edge}/courses/2/orbits.svg
  204: give the cookies back (the jar goes through stdin: older curls read a file again at the end,
  and keep what was deleted)
    curl -si -w '\\n' -b - -c "$JAR" -X DELETE ${api}/cdn-access < "$JAR"
  403 again
    curl -s -w '\\n%{http_code}\\n' -b "$JAR" ${edge}/courses/1/harbour.svg

A player that keeps no cookies, and sends what it is given as headers:

    node examples/node-hls-player/play.js ${api} ${edge}

Requests:
`
}
