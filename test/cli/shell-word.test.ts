import { spawnSync } from 'node:child_process'
import t from 'tap'
import { shellWord } from '../../src/cli/shell-word.js'

t.test('is one word for a shell, and plain where it can be', async (t) => {
  for (const name of ['keys/media-2026.key', '../a_b.json']) t.equal(shellWord(name), name)
  for (const name of ['', 'my keys/a', '$(id)', '`id`', 'it\'s', '~/a', 'a;b', 'a\nb', '*']) {
    const { stdout } = spawnSync('sh', ['-c', `printf '%s|' ${shellWord(name)}`])
    t.equal(String(stdout), `${name}|`, name)
  }
})
