import { describe, expect, it } from 'vitest'
import {
  BufferError,
  ClientError,
  ClosedError,
  ConfigError,
  NetworkError,
  ProtocolError,
  SerializationError,
  TimeoutError,
} from '../../src/client/error.ts'
import { ErrorCode, errorInfos } from '../../src/protocol/error-codes.ts'

describe('an answer with an error code', () => {
  it('has the name, number and retriability of each code', () => {
    for (const info of errorInfos.values()) {
      const error = new ProtocolError('Cannot write to orders-0', info.code)
      expect(error).toMatchObject({
        name: 'ProtocolError',
        code: info.name,
        kafkaCode: info.code,
        retriable: info.retriable,
      })
      expect(error.message).toContain('Cannot write to orders-0: ')
    }
  })

  it('prefers the words of the broker, and ends in one full stop', () => {
    const { message } = new ProtocolError('Cannot create orders', 37, 'At least one is needed.')
    expect(message).toBe('Cannot create orders: At least one is needed (INVALID_PARTITIONS).')
    expect(new ProtocolError('Cannot create orders', 37, '').message).not.toContain(': (')
    expect(new ProtocolError('Cannot create orders', 37, null).message).not.toContain(': (')
  })

  it('takes a code that it does not know for an unknown server error', () => {
    const error = new ProtocolError('Cannot fetch', 9_999)
    expect(error.code).toBe('UNKNOWN_SERVER_ERROR')
    expect(error.kafkaCode).toBe(ErrorCode.UNKNOWN_SERVER_ERROR)
    expect(error.retriable).toBe(false)
  })
})

describe('the client’s own errors', () => {
  it.each([
    [new TimeoutError('late'), 'TimeoutError', 'REQUEST_TIMED_OUT', true],
    [new NetworkError('cut'), 'NetworkError', 'NETWORK_EXCEPTION', true],
    [new ConfigError('wrong'), 'ConfigError', 'INVALID_CONFIG', false],
    [new SerializationError('no JSON'), 'SerializationError', 'INVALID_RECORD', false],
    [new BufferError('large', 'MESSAGE_TOO_LARGE'), 'BufferError', 'MESSAGE_TOO_LARGE', false],
    [new BufferError('full', 'REQUEST_TIMED_OUT'), 'BufferError', 'REQUEST_TIMED_OUT', true],
    [new ClosedError('closed'), 'ClosedError', 'CLIENT_CLOSED', false],
  ])('%s', (error, name, code, retriable) => {
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name, code, retriable })
  })

  it('keeps the cause, and has none where none is given', () => {
    const cause = new Error('ECONNRESET')
    expect(new NetworkError('cut', { cause }).cause).toBe(cause)
    expect('cause' in new NetworkError('cut')).toBe(false)
  })
})
