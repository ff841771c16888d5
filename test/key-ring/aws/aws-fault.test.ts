import t from 'tap'
import { describeAwsFault, isPassingAwsFault } from '../../../src/key-ring/aws/aws-fault.js'

const fault = (name: string, more: object = {}): Error =>
  Object.assign(new Error('the text of a fault, AKIA0123'), { name, ...more })

t.test('tells a fault by its name, with what to do, and never by its text', async (t) => {
  const cases: Array<readonly [unknown, string]> = [
    [fault('DisabledException'), 'DisabledException: enable it'],
    [fault('ExpiredTokenException'), 'ExpiredTokenException: the credentials have run out'],
    [fault('OtherException'), 'OtherException'],
    [fault('TimeoutError', { code: 'ECONNRESET' }), 'TimeoutError ECONNRESET'],
    [fault('TimeoutError', { code: 'AKIA0123' }), 'TimeoutError'],
    [fault('AKIA0123 is no name'), 'Error'],
    [fault('aKeyException'), 'Error'],
    [new TypeError('no'), 'TypeError'],
    [new Error('Region is missing'), 'no region: give "region", or set AWS_REGION'],
    ['AKIA0123', 'a thrown string'],
    [undefined, 'a thrown undefined']
  ]
  for (const [error, words] of cases) {
    t.equal(describeAwsFault(error, { DisabledException: 'enable it' }), words)
  }
})

t.test('knows what passes', async (t) => {
  const status = (httpStatusCode: number): object => ({ $metadata: { httpStatusCode } })
  const passing = [
    fault('ThrottlingException', status(400)),
    fault('KMSInternalException'),
    fault('DependencyTimeoutException'),
    fault('KeyUnavailableException'),
    fault('OtherException', status(429)),
    fault('OtherException', status(503)),
    fault('Error', { code: 'ECONNREFUSED' })
  ]
  for (const error of passing) t.equal(isPassingAwsFault(error), true, String(error))
  const lasting = [
    fault('AccessDeniedException', status(400)),
    fault('NotFoundException', status(400)),
    fault('DisabledException', status(400)),
    fault('Error', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    undefined,
    'ThrottlingException'
  ]
  for (const error of lasting) t.equal(isPassingAwsFault(error), false, String(error))
})
