import { describe, expect, it } from 'vitest'
import { ProtocolError, TimeoutError } from '../../../src/client/error.ts'
import { SendError } from '../../../src/client/producer/send-error.ts'

const metadata = { topic: 't', partition: 0, offset: 5, timestamp: 1 }

describe('SendError', () => {
  it('has the code of the first error, and it as its cause', () => {
    const tooLarge = new ProtocolError('Cannot store a batch', 10)
    const late = new TimeoutError('Too late.')
    const error = new SendError([metadata, tooLarge, late])
    expect(error).toMatchObject({ code: 'MESSAGE_TOO_LARGE', kafkaCode: 10, cause: tooLarge })
    expect(error.name).toBe('SendError')
    expect(error.message).toContain('2 of 3 records')
    expect(error.results[0]).toBe(metadata)
  })

  it('is retriable where each error is', () => {
    const late = new TimeoutError('Too late.')
    expect(new SendError([late, late]).retriable).toBe(true)
    expect(new SendError([late, new ProtocolError('x', 10)]).retriable).toBe(false)
  })

  it('needs an error', () => {
    expect(() => new SendError([metadata])).toThrow(/something failed/)
  })
})
