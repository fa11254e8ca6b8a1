import { describeClient } from '../../cases/suite.ts'

describeClient('aiokafka', import.meta.dirname)
