import t from 'tap'
import {
  formatMegabytes,
  formatNumber,
  formatSpread,
  markdownTable,
  ratioOf,
  spreadOf
} from '../../bench/report.js'

t.test('the median of an odd and an even number of values', async (t) => {
  t.same(spreadOf([30, 10, 20]), { median: 20, least: 10, most: 30 })
  t.same(spreadOf([100, 9, 20, 10]), { median: 15, least: 9, most: 100 })
})

t.test('values are compared as numbers and left in their order', async (t) => {
  const values = [100, 9, 20]
  t.same(spreadOf(values), { median: 20, least: 9, most: 100 })
  t.same(values, [100, 9, 20])
})

t.test('a ratio is taken round by round', async (t) => {
  t.same(ratioOf([10, 40, 90], [10, 20, 30]), { median: 2, least: 1, most: 3 })
})

t.test('digits after the point go as numbers grow', async (t) => {
  const written = ['0.93', '10.00', '12.3', '1,000', '61,234']
  t.same([0.934, 9.999, 12.34, 999.6, 61234].map(formatNumber), written)
  t.equal(formatMegabytes(81_250_000), '81.3 MB')
  t.equal(formatSpread({ median: 1.1, least: 1, most: 1.25 }, formatNumber), '1.10 (1.00–1.25)')
})

t.test('a table is Markdown with its numbers to the right', async (t) => {
  const table = markdownTable(['ratio', 'times'], [['a / b', '1.10'], ['a / c', '45.0']])
  t.same(table.split('\n'), [
    '| ratio | times |',
    '| --- | ---: |',
    '| a / b | 1.10 |',
    '| a / c | 45.0 |'
  ])
})
