import { describeClient } from '../../cases/suite.ts'

describeClient('sarama', import.meta.dirname)
