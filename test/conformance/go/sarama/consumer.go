package main

import (
	"errors"
	"maps"
	"slices"
	"time"

	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

var strategies = map[string]func() sarama.BalanceStrategy{
	"range":              sarama.NewBalanceStrategyRange,
	"roundrobin":         sarama.NewBalanceStrategyRoundRobin,
	"sticky":             sarama.NewBalanceStrategySticky,
	"cooperative-sticky": sarama.NewBalanceStrategyCooperativeSticky,
}

// consumer reads partitions by hand after Assign, and as a member of its group after Subscribe.
// Either way records and errors come by its two channels.
type consumer struct {
	owner    *client
	group    string
	config   *sarama.Config
	messages chan *sarama.ConsumerMessage
	errors   chan error

	member     *member
	reader     sarama.Consumer
	partitions map[driver.Partition]*partitionReader
}

func (c *client) OpenConsumer(options driver.ConsumerOptions) (driver.Consumer, error) {
	config := newConfig()
	config.Consumer.Return.Errors = true
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Offsets.Initial = sarama.OffsetNewest
	if options.AutoOffsetReset == "earliest" {
		config.Consumer.Offsets.Initial = sarama.OffsetOldest
	}
	if options.Isolation == "read_committed" {
		config.Consumer.IsolationLevel = sarama.ReadCommitted
	}
	if strategy, ok := strategies[options.Assignor]; ok {
		config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy()}
	}
	config.Consumer.Group.InstanceId = options.InstanceID
	if options.SessionTimeoutMs != 0 {
		config.Consumer.Group.Session.Timeout = options.SessionTimeout()
	}
	if options.HeartbeatMs != 0 {
		config.Consumer.Group.Heartbeat.Interval = options.Heartbeat()
	}
	return &consumer{
		owner:      c,
		group:      options.Group,
		config:     config,
		messages:   make(chan *sarama.ConsumerMessage),
		errors:     make(chan error, 16),
		partitions: map[driver.Partition]*partitionReader{},
	}, nil
}

func (c *consumer) Subscribe(topics []string) error {
	if c.member != nil {
		if err := c.member.leave(); err != nil {
			return err
		}
	}
	var err error
	c.member, err = c.join(topics)
	return err
}

func (c *consumer) Assign(positions []driver.Position) error {
	if c.reader == nil {
		reader, err := sarama.NewConsumer(c.owner.brokers, c.config)
		if err != nil {
			return err
		}
		c.reader = reader
	}
	c.closePartitions()
	for _, position := range positions {
		if err := c.read(position.Partition, int64(position.Offset)); err != nil {
			return err
		}
	}
	return nil
}

func (c *consumer) Poll(max int, timeout time.Duration) ([]driver.Record, error) {
	return driver.Collect(c.messages, c.errors, record, max, timeout)
}

func record(message *sarama.ConsumerMessage) driver.Record {
	headers := []driver.Header{}
	for _, header := range message.Headers {
		headers = append(headers, driver.Header{Name: string(header.Key), Value: header.Value})
	}
	return driver.Record{
		Topic:     message.Topic,
		Partition: message.Partition,
		Offset:    message.Offset,
		Timestamp: message.Timestamp.UnixMilli(),
		Key:       message.Key,
		Value:     message.Value,
		Headers:   headers,
	}
}

func (c *consumer) Assignment() ([]driver.Partition, error) {
	if c.member != nil {
		return c.member.claims(), nil
	}
	return slices.AppendSeq([]driver.Partition{}, maps.Keys(c.partitions)), nil
}

// Seek begins to read the partition anew: sarama has no other way.
func (c *consumer) Seek(to driver.Offset) error {
	reader, ok := c.partitions[to.Partition]
	if !ok {
		return errors.New("sarama seeks only where it reads partitions by hand")
	}
	reader.close()
	return c.read(to.Partition, to.Offset)
}

func (c *consumer) Pause(partitions []driver.Partition) error {
	if c.member != nil {
		c.member.group.Pause(byTopic(partitions))
		return nil
	}
	return c.eachReader(partitions, sarama.PartitionConsumer.Pause)
}

func (c *consumer) Resume(partitions []driver.Partition) error {
	if c.member != nil {
		c.member.group.Resume(byTopic(partitions))
		return nil
	}
	return c.eachReader(partitions, sarama.PartitionConsumer.Resume)
}

func (c *consumer) Position(driver.Partition) (int64, error) {
	return 0, driver.ErrLacking
}

func (c *consumer) Commit(offsets []driver.Offset) error {
	if c.member != nil {
		return c.member.commit(offsets)
	}
	return c.owner.commit(c.group, offsets)
}

func (c *consumer) Committed(partitions []driver.Partition) ([]driver.Offset, error) {
	return c.owner.committed(c.group, partitions)
}

func (c *consumer) Close() error {
	if c.member != nil {
		return c.member.leave()
	}
	c.closePartitions()
	if c.reader != nil {
		return c.reader.Close()
	}
	return nil
}

// report hands an error to the next poll; where nobody polls, the oldest ones are enough.
func (c *consumer) report(err error) {
	select {
	case c.errors <- err:
	default:
	}
}
