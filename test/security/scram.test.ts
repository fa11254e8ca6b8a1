import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScramClient, type ScramHash } from '../../src/security/scram.ts'
import { ScramServer } from './scram-server.ts'

const bytes = (text: string) => Buffer.from(text)
const nonce = 'fyko+d2lbbFgONRv9qkxdawL'

/** The exchanges that RFC 5802 and RFC 7677 print. */
const vectors = [
  {
    rfc: 'RFC 5802',
    hash: 'sha1',
    nonce,
    first: `n,,n=user,r=${nonce}`,
    serverFirst: `r=${nonce}3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096`,
    final: `c=biws,r=${nonce}3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`,
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    rfc: 'RFC 7677',
    hash: 'sha256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst:
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    final:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,' +
      'p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const

test.each(vectors)('the exchange of $rfc', async (vector) => {
  const client = new ScramClient({ ...vector, username: 'user', password: 'pencil' })
  expect(String(client.first())).toBe(vector.first)
  expect(String(await client.next(bytes(vector.serverFirst)))).toBe(vector.final)
  expect(await client.next(bytes(vector.serverFinal))).toBeUndefined()
})

const start = (hash: ScramHash = 'sha256', password = 'pencil') =>
  new ScramClient({ hash, username: 'user', password, nonce })

describe('a broker that is not to be trusted', () => {
  test.each([
    ['does not know the password', `v=${Buffer.alloc(32, 1).toString('base64')}`, 'not the one'],
    ['signs with another length', 'v=AAAA', 'not the one'],
    ['signs nothing', 'v=', 'malformed last message'],
    ['refuses in the words of SCRAM', 'e=invalid-proof', 'the broker says invalid-proof'],
  ])('one that %s', async (_, last, why) => {
    const client = start()
    await client.next(bytes(`r=${nonce}x,s=AAAA,i=4096`))
    await expect(client.next(bytes(last))).rejects.toThrow(why)
  })

  test.each([
    ['does not extend the nonce', `r=${nonce},s=AAAA,i=4096`, 'does not extend'],
    ['has another nonce', 'r=somethingElseThatIsLong,s=AAAA,i=4096', 'does not extend'],
    ['wants too few rounds', `r=${nonce}x,s=AAAA,i=4095`, '4095 iterations; 4096 to'],
    ['wants to keep us busy', `r=${nonce}x,s=AAAA,i=2000000000`, '2000000000 iterations'],
    ['wants an extension', `m=new,r=${nonce}x,s=AAAA,i=4096`, 'malformed first message'],
    ['sends nothing', '', 'malformed first message'],
  ])('one that %s', async (_, first, why) => {
    await expect(start().next(bytes(first))).rejects.toThrow(why)
  })
})

test.each(['sha256', 'sha512'] as const)('any name and password get in with %s', async (hash) => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(text, text, async (username, password) => {
      const server = new ScramServer(hash, password)
      const client = new ScramClient({ hash, username, password, nonce })
      const { name, answer } = server.first(client.first())
      expect(name).toBe(Buffer.from(username).toString())
      const signature = server.final((await client.next(answer))!)
      expect(signature).toBeDefined()
      expect(await client.next(signature!)).toBeUndefined()
    }),
    { numRuns: 15 },
  )
})

test('another password does not', async () => {
  const server = new ScramServer('sha256', 'right')
  const client = start('sha256', 'wrong')
  const { answer } = server.first(client.first())
  expect(server.final((await client.next(answer))!)).toBeUndefined()
})
