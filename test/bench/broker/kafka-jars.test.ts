import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeKafka, javaObstacle, namedJars } from '../../../src/bench/broker/kafka-jars.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'odradek-jars-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('namedJars', () => {
  it('takes a folder of jars, and a release by its libs', () => {
    const libs = join(folder, 'libs')
    mkdirSync(libs)
    writeFileSync(join(libs, 'kafka-server-common-4.3.1.jar'), '')
    expect(namedJars(libs)).toBe(libs)
    expect(namedJars(folder)).toBe(libs)
  })

  it('refuses a folder without, and none', () => {
    expect(() => namedJars(folder)).toThrow(`there are no jars of Apache Kafka in ${folder}`)
    expect(() => namedJars('/nowhere')).toThrow('no jars of Apache Kafka in /nowhere')
  })
})

describe('describeKafka', () => {
  it('names the versions of both', () => {
    writeFileSync(join(folder, 'kafka-server-common-4.3.1.jar'), '')
    const modules = 'java.base@25.0.3\njdk.compiler@25.0.3\n'
    expect(describeKafka(folder, modules)).toBe('Apache Kafka 4.3.1, Java 25.0.3')
    expect(describeKafka(folder, '')).toBe('Apache Kafka 4.3.1, Java of an unknown version')
  })
})

describe('javaObstacle', () => {
  it('wants Java 17 with its compiler', () => {
    const modules = ['java.base@17.0.14', 'java.logging@17.0.14', 'jdk.compiler@17.0.14']
    expect(javaObstacle(modules.join('\n'))).toBeUndefined()
    expect(javaObstacle(modules.slice(0, 2).join('\n'))).toContain('but not its compiler')
    const old = 'java.base@11.0.2\njdk.compiler@11.0.2\n'
    expect(javaObstacle(old)).toBe('Java 17 or later is needed, and this is Java 11')
  })
})
