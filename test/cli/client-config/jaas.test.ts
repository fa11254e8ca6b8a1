import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJaas } from '../../../src/cli/client-config/jaas.ts'

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule'

describe('parseJaas', () => {
  it.each([
    [`${plain} required username="alice" password="x";`, { username: 'alice', password: 'x' }],
    [
      `  ${plain}\n  REQUIRED\n  username=alice\n  password='a b' ;\n`,
      { username: 'alice', password: 'a b' },
    ],
    [
      String.raw`${plain} required a="quote \" slash \\ line \n end" b = c;`,
      { a: 'quote " slash \\ line \n end', b: 'c' },
    ],
    [`${plain} required a="b;c=d";`, { a: 'b;c=d' }],
    [`${plain} required a="";`, { a: '' }],
    [`${plain} required;`, {}],
  ])('reads %j', (text, options) => {
    expect(parseJaas(text)).toEqual({ module: 'PlainLoginModule', options })
  })

  it.each([
    ['', 'it does not begin with a login module'],
    [';', 'it does not begin with a login module'],
    ['PlainLoginModule', 'behind the login module there has to be one of required'],
    ['PlainLoginModule a="b";', 'behind the login module there has to be one of required'],
    ['PlainLoginModule required a="b"', 'it does not end with a semicolon'],
    ['PlainLoginModule required a="b', 'a quote in it is not closed'],
    ['PlainLoginModule required a b c;', 'its options have to be pairs of NAME="VALUE"'],
    ['PlainLoginModule required a="b" c;', 'its options have to be pairs of NAME="VALUE"'],
    ['PlainLoginModule required a=;', 'its options have to be pairs of NAME="VALUE"'],
    ['PlainLoginModule required a="b"; Other required;', 'it names more than one login module'],
  ])('tells what is wrong with %j', (text, why) => {
    expect(parseJaas(text)).toContain(why)
  })

  it('reads back any secret that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (secret) => {
        const quoted = secret.replace(/[\\"]/g, (one) => `\\${one}`)
        const text = `${plain} required username="u" password="${quoted}";`
        expect(parseJaas(text)).toMatchObject({ options: { password: secret } })
      }),
    )
  })

  it('takes any text without a crash, and shows none of it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const outcome = parseJaas(text)
        expect(typeof outcome === 'string' || outcome.module !== undefined).toBe(true)
      }),
    )
  })
})
