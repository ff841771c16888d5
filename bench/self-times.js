/**
 * @typedef {object} CpuProfile what `--cpu-prof` writes
 * @property {Array<{ id: number, callFrame: { functionName: string, url: string, lineNumber: number } }>} nodes
 * @property {number[]} samples
 * @property {number[]} timeDeltas
 */

/**
 * The share of the time that each function itself took while the process was not idle, the greatest first.
 *
 * @param {CpuProfile} profile
 * @returns {Array<{ name: string, share: number }>}
 */
export function selfTimes ({ nodes, samples, timeDeltas }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  /** @type {Map<string, number>} */ const times = new Map()
  samples.forEach((id, index) => {
    const name = /** @type {string} */ (names.get(id))
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + timeDeltas[index])
  })
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times].map(([name, time]) => ({ name, share: time / all })).toSorted((first, second) => second.share - first.share)
}

function nameOf (/** @type {CpuProfile['nodes'][number]['callFrame']} */ { functionName, url, lineNumber }) {
  const name = functionName === '' ? '(anonymous)' : functionName
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*\/(?=(?:dist|bench)\/)/, '')
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`
}
