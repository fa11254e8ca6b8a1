import { expect, test } from 'vitest'
import * as broker from '../src/broker/index.ts'
import * as client from '../src/client/index.ts'
import * as odradek from '../src/index.ts'

test('the package offers exactly this', () => {
  expect(Object.keys(odradek).sort()).toEqual([
    'Log',
    'LogError',
    'LogReader',
    'NativeModuleError',
    'Queue',
    'StorageError',
    'Store',
    'createLogger',
    'deserializers',
    'serializers',
  ])
})

test('and this of the broker', () => {
  expect(Object.keys(broker).sort()).toEqual(['Broker', 'StartError'])
})

test('and this of the client', () => {
  expect(Object.keys(client).sort()).toEqual([
    'Admin',
    'AdminError',
    'BufferError',
    'ClientError',
    'ClosedError',
    'ConfigError',
    'Consumer',
    'NetworkError',
    'Producer',
    'ProtocolError',
    'SendError',
    'SerializationError',
    'TimeoutError',
    'deserializers',
    'rebalanceChannelName',
    'recordCarrier',
    'requestChannelName',
    'serializers',
  ])
})
