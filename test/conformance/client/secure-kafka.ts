/** Apache Kafka with a listener for SASL over TLS, beside its plain one. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SelfSigned } from '../../fixtures/self-signed.ts'
import { jars } from '../apache-kafka/reference.ts'
import { type BrokerTarget, kafkaTarget, serverProperties } from '../broker-target.ts'

/** The secure listener's port, counted from the plain one's; the controller's is 1 behind. */
export const securePortOffset = 2

/** Known to PLAIN and to both kinds of SCRAM. */
export const alice = { username: 'alice', password: 'secret-of=alice' } as const

/** The broker ends a session that has not been renewed after this long, in ms. */
export const sessionMs = 3_000

const login = 'org.apache.kafka.common.security'

/** How that broker is started. */
export function secureKafka(own: SelfSigned): BrokerTarget {
  const plain = kafkaTarget(jars)
  const classpath = join(jars, '*')
  return {
    ...plain,
    prepare(folder, port) {
      mkdirSync(folder, { recursive: true })
      const keys = join(folder, 'keys.pem')
      writeFileSync(keys, own.key + own.cert)
      const file = join(folder, 'server.properties')
      writeFileSync(file, serverProperties(folder, port, settings(port, keys)))
      const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '-S',
        `${mechanism}=[name="${alice.username}",password="${alice.password}"]`,
      ])
      const tool = ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '--standalone']
      const id = ['-t', '4L6g3nShT-eMCtK--X86sw', '-c', file]
      execFileSync('java', [...tool, ...id, ...users], { stdio: ['ignore', 'pipe', 'pipe'] })
    },
    command(folder) {
      const file = join(folder, 'server.properties')
      return ['java', '-Xmx512m', '-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.Kafka', file]
    },
  }
}

function settings(port: number, keys: string): Record<string, string> {
  const secure = 'listener.name.secure'
  const listeners =
    `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},` +
    `SECURE://127.0.0.1:${port + securePortOffset}`
  const scram = `${login}.scram.ScramLoginModule required;`
  const oauth = `${login}.oauthbearer.OAuthBearerLoginModule required`
  const plain = `${login}.plain.PlainLoginModule required`
  const { username, password } = alice
  const claim = 'unsecuredLoginStringClaim_sub="broker"'
  return {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keys,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'connections.max.reauth.ms': String(sessionMs),
    [`${secure}.plain.sasl.jaas.config`]: `${plain} user_${username}="${password}";`,
    [`${secure}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${secure}.scram-sha-512.sasl.jaas.config`]: scram,
    [`${secure}.oauthbearer.sasl.jaas.config`]: `${oauth} ${claim};`,
  }
}

/** A token that vouches for itself, as Kafka takes it where nobody configured an issuer. */
export function unsecuredToken(subject: string, lifetimeMs = 3_600_000): string {
  const seconds = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { sub: subject, iat: seconds, exp: seconds + lifetimeMs / 1000 }
  return `${part({ alg: 'none' })}.${part(claims)}.`
}
