import {
  BrokerProcess as Process,
  type BrokerOptions as ProcessOptions,
} from '../../src/bench/broker/broker-process.ts'
import { targetFromEnvironment } from './broker-target.ts'

/** How one is started; every field has a default. */
export type BrokerOptions = Partial<ProcessOptions>

/** A broker in a process of its own. */
export type BrokerProcess = Process

/** Starts one, unless told otherwise of the kind that the suites run against. */
export const BrokerProcess = {
  start: (options: BrokerOptions = {}): Promise<BrokerProcess> =>
    Process.start({ target: targetFromEnvironment(), ...options }),
}
