package main

import (
	"context"
	"errors"
	"io"
	"time"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// partitionReader is a Reader of one partition whose records go to its consumer's channel.
type partitionReader struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// read begins to read a partition at an offset, at kafka.FirstOffset or LastOffset.
func (c *consumer) read(p driver.Partition, from int64) error {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:               []string{c.owner.bootstrap},
		Topic:                 p.Topic,
		Partition:             int(p.Partition),
		MinBytes:              1,
		MaxBytes:              driver.BatchBytesMax,
		MaxWait:               500 * time.Millisecond,
		IsolationLevel:        c.isolation,
		OffsetOutOfRangeError: true,
	})
	if err := reader.SetOffset(from); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	own := &partitionReader{cancel, make(chan struct{})}
	c.mutex.Lock()
	c.readers[p] = own
	c.mutex.Unlock()
	go func() {
		defer close(own.done)
		defer reader.Close()
		c.forward(ctx, reader)
	}()
	return nil
}

// forward hands on what the reader gets until the context ends or the reader gives up.
func (c *consumer) forward(ctx context.Context, reader *kafka.Reader) {
	for {
		message, err := reader.FetchMessage(ctx)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, io.EOF) {
				c.report(err)
			}
			return
		}
		select {
		case c.messages <- message:
		case <-ctx.Done():
			return
		}
	}
}

func (r *partitionReader) close() {
	r.cancel()
	<-r.done
}
