package main

import (
	"fmt"
	"time"

	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

// partitionReader is a consumer of one partition whose records go to its consumer's channel.
type partitionReader struct {
	sarama.PartitionConsumer
	stop chan struct{}
	done chan struct{}
}

// read begins to read a partition at an offset, at sarama.OffsetOldest or OffsetNewest.
func (c *consumer) read(p driver.Partition, from int64) error {
	opened, err := c.reader.ConsumePartition(p.Topic, p.Partition, from)
	if err != nil {
		return err
	}
	reader := &partitionReader{opened, make(chan struct{}), make(chan struct{})}
	c.partitions[p] = reader
	go func() {
		defer close(reader.done)
		for {
			select {
			case message, open := <-reader.Messages():
				if !open {
					return
				}
				select {
				case c.messages <- message:
				case <-reader.stop:
					return
				}
			case failed := <-reader.Errors():
				if failed != nil {
					c.report(failed.Err)
				}
			case <-reader.stop:
				return
			}
		}
	}()
	return nil
}

func (r *partitionReader) close() {
	close(r.stop)
	<-r.done
	_ = r.PartitionConsumer.Close()
}

func (c *consumer) closePartitions() {
	for p, reader := range c.partitions {
		reader.close()
		delete(c.partitions, p)
	}
}

func (c *consumer) eachReader(
	partitions []driver.Partition, do func(sarama.PartitionConsumer),
) error {
	for _, p := range partitions {
		reader, ok := c.partitions[p]
		if !ok {
			return fmt.Errorf("%s-%d is not assigned", p.Topic, p.Partition)
		}
		do(reader)
	}
	// A fetch that is under way when the reader pauses still brings its records.
	time.Sleep(c.config.Consumer.MaxWaitTime)
	return nil
}
