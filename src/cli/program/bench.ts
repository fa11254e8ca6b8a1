import { type Command, InvalidArgumentError } from 'commander'
import type { HostPort } from '../../base/endpoint.ts'
import type { Terminal } from '../terminal.ts'
import {
  collectNames,
  collectPair,
  endpointOf,
  positiveInteger,
  secondsOf,
} from './option-values.ts'
import { type Choose, subcommand } from './subcommand.ts'

/** `odradek bench` */
export function addBench(program: Command, terminal: Terminal, choose: Choose): void {
  subcommand(program, 'bench')
    .description('Measure Odradek beside Apache Kafka, or beside any broker, in turn on one disk.')
    .option('--quick', 'leave out what takes minutes: long cases, most of a matrix')
    .option('--list', 'print the workloads and what they stand for, and do nothing')
    .option('--workload <name,...>', 'only these, may be repeated', collectNames)
    .option('--case <name,...>', 'only these cases of them, may be repeated', collectNames)
    .option('--rounds <n>', 'turns of each broker; ratios need 3', positiveInteger, 3)
    .option('--seconds <s>', 'longest measured time of a case', secondsOf, 5)
    .option('--against <host:port>', 'a broker that runs, in place of Apache Kafka', brokerOf)
    .option('--kafka-jars <dir>', "Kafka's jars, or a release (default: fetched once by Maven)")
    .option('--set <name=value>', 'a config of both brokers, may be repeated', collectPair)
    .option('--data <dir>', "where the data goes (default: the system's temporary folder)")
    .option('--cold', 'do not fill memory with page cache before each turn')
    .option('--json <file>', 'write the results there too, behind each workload')
    .option('--html <file>', 'write a page with charts there, and .svg files beside it')
    .option('--from <file>', 'print and draw what --json wrote, without a run')
    .action((options) =>
      choose(async () => (await import('../command/bench.ts')).bench(options, terminal)),
    )
}

/** `HOST:PORT` of a broker that listens there. */
function brokerOf(text: string): HostPort {
  const endpoint = endpointOf(text)
  if (endpoint.host !== '' && endpoint.port > 0) return endpoint
  throw new InvalidArgumentError('It must have the form HOST:PORT.')
}
