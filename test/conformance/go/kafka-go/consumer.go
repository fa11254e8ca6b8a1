package main

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// consumer reads partitions by hand after Assign; after Subscribe it is a member of its group and
// reads what each generation assigns to it. Either way it has a Reader for each partition, whose
// records and errors come by its two channels.
type consumer struct {
	owner     *client
	options   driver.ConsumerOptions
	isolation kafka.IsolationLevel
	messages  chan kafka.Message
	errors    chan error
	member    *member

	mutex   sync.Mutex
	readers map[driver.Partition]*partitionReader
}

func (c *client) OpenConsumer(options driver.ConsumerOptions) (driver.Consumer, error) {
	made := &consumer{
		owner:    c,
		options:  options,
		messages: make(chan kafka.Message),
		errors:   make(chan error, 16),
		readers:  map[driver.Partition]*partitionReader{},
	}
	if options.Isolation == "read_committed" {
		made.isolation = kafka.ReadCommitted
	}
	return made, nil
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
	c.closeReaders()
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

func record(message kafka.Message) driver.Record {
	headers := []driver.Header{}
	for _, header := range message.Headers {
		headers = append(headers, driver.Header{Name: header.Key, Value: header.Value})
	}
	return driver.Record{
		Topic:     message.Topic,
		Partition: int32(message.Partition),
		Offset:    message.Offset,
		Timestamp: message.Time.UnixMilli(),
		Key:       message.Key,
		Value:     message.Value,
		Headers:   headers,
	}
}

func (c *consumer) Assignment() ([]driver.Partition, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.AppendSeq([]driver.Partition{}, maps.Keys(c.readers)), nil
}

// Seek reads the partition by a new Reader: the old one may have a record in its hand already.
func (c *consumer) Seek(to driver.Offset) error {
	c.mutex.Lock()
	reader, ok := c.readers[to.Partition]
	c.mutex.Unlock()
	if !ok {
		return errors.New("the partition is not assigned")
	}
	reader.close()
	return c.read(to.Partition, to.Offset)
}

func (c *consumer) Pause([]driver.Partition) error { return driver.ErrLacking }

func (c *consumer) Resume([]driver.Partition) error { return driver.ErrLacking }

func (c *consumer) Position(driver.Partition) (int64, error) { return 0, driver.ErrLacking }

func (c *consumer) Commit(offsets []driver.Offset) error {
	if c.member != nil {
		return c.member.commit(offsets)
	}
	return c.owner.commit(c.options.Group, offsets)
}

func (c *consumer) Committed(partitions []driver.Partition) ([]driver.Offset, error) {
	return c.owner.committed(c.options.Group, partitions)
}

func (c *consumer) Close() error {
	if c.member != nil {
		return c.member.leave()
	}
	c.closeReaders()
	return nil
}

func (c *consumer) closeReaders() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for p, reader := range c.readers {
		reader.close()
		delete(c.readers, p)
	}
}

// report hands an error to the next poll; where nobody polls, the oldest ones are enough.
func (c *consumer) report(err error) {
	select {
	case c.errors <- err:
	default:
	}
}
