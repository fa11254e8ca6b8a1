import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClientDriver, Lacking } from './client-driver.ts'
import { DriverError, DriverProcess } from './driver-process.ts'
import { refused } from './stage.ts'
import { cases } from './suite.ts'
import { unknownIn } from './vocabulary.ts'

const command = [process.execPath, join(import.meta.dirname, 'silent-driver.mjs')]
let driver: DriverProcess

beforeEach(() => {
  driver = new DriverProcess(command, '127.0.0.1:9')
})
afterEach(async () => {
  await driver.close()
})

test('the driver is told the address, and says what it is', async () => {
  expect(await driver.ready).toMatchObject({ client: '127.0.0.1:9', version: '1' })
})

test('answers find their requests in any order', async () => {
  const held = ['a', 'b', 'c'].map((value) => driver.request('hold', { value }))
  await driver.request('release', {})
  expect(await Promise.all(held)).toEqual(['a', 'b', 'c'])
})

test('a refusal has code, name and words', async () => {
  const error = await driver.request('refuse', { value: 'there' }).catch((reason) => reason)
  expect(error).toBeInstanceOf(DriverError)
  expect(error).toMatchObject({ code: 36, errorName: 'TOPIC_ALREADY_EXISTS' })
  expect(String(error)).toContain('there')
})

test('refused takes the expected error only', async () => {
  const refuse = () => driver.request('refuse', { value: '' })
  await refused(refuse(), 'TOPIC_ALREADY_EXISTS')
  await expect(refused(refuse(), 'INVALID_CONFIG')).rejects.toThrow('expected INVALID_CONFIG')
  await expect(refused(driver.request('release', {}), 'INVALID_CONFIG')).rejects.toThrow()
})

test.each([
  ['end', /the driver ended \(3.*out of order/s],
  ['babble', /no JSON: this is no JSON/],
])('what waits fails when the driver does: %s', async (operation, reason) => {
  const waiting = driver.request('hold', { value: 1 })
  await expect(Promise.all([waiting, driver.request(operation, {})])).rejects.toThrow(reason)
})

test('a program that is not there is told', async () => {
  const missing = new DriverProcess(['no-such-program'], '127.0.0.1:9')
  await expect(missing.ready).rejects.toThrow(/ENOENT/)
})

test('what the library lacks is not asked for', async () => {
  const client = await ClientDriver.start(command, '127.0.0.1:9')
  Object.assign(client.ready, { lacks: ['seek'] })
  await expect(client.call('seek')).rejects.toBeInstanceOf(Lacking)
  await client.close()
})

test('what no case knows of a library is found', () => {
  const own = { client: 'c', version: '1', codecs: ['gzip'], assignors: ['range'], lacks: ['seek'] }
  expect(unknownIn(own)).toEqual([])
  const odd = { ...own, codecs: ['brotli'], assignors: ['uniform'], lacks: ['colour', 'acks-0'] }
  expect(unknownIn(odd)).toEqual(['brotli', 'uniform', 'colour'])
})

test('no two cases have one name', () => {
  const names = Object.entries(cases).flatMap(([noun, all]) => all.map((one) => noun + one.name))
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(75)
})
