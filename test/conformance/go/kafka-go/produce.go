package main

import (
	"context"
	"time"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// sent goes with a message through its writer: where to, and then where it came to.
type sent struct {
	partition *int32
	delivery  driver.Delivery
}

// balancer takes the partition that a message asks for, else the one of its key.
type balancer struct{ byKey kafka.Hash }

func (b *balancer) Balance(message kafka.Message, partitions ...int) int {
	if asked := message.WriterData.(*sent).partition; asked != nil {
		return int(*asked)
	}
	return b.byKey.Balance(message, partitions...)
}

func (c *client) Produce(options driver.ProducerOptions, records []driver.NewRecord) (
	[]driver.Delivery, error,
) {
	writer, err := c.writer(options)
	if err != nil {
		return nil, err
	}
	messages := make([]kafka.Message, len(records))
	all := make([]sent, len(records))
	for i, record := range records {
		all[i] = sent{record.Partition, driver.Delivery{Offset: -1}}
		messages[i] = newMessage(record, &all[i])
	}
	if err := writer.WriteMessages(context.Background(), messages...); err != nil {
		return nil, err
	}
	deliveries := make([]driver.Delivery, len(records))
	for i := range all {
		deliveries[i] = all[i].delivery
	}
	return deliveries, nil
}

func (c *client) writer(options driver.ProducerOptions) (*kafka.Writer, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if writer, ok := c.writers[options]; ok {
		return writer, nil
	}
	var codec kafka.Compression
	if options.Codec != "none" {
		if err := codec.UnmarshalText([]byte(options.Codec)); err != nil {
			return nil, err
		}
	}
	writer := &kafka.Writer{
		Addr:                   kafka.TCP(c.bootstrap),
		Balancer:               &balancer{},
		BatchBytes:             driver.BatchBytesMax,
		BatchTimeout:           5 * time.Millisecond,
		MaxAttempts:            100,
		RequiredAcks:           kafka.RequiredAcks(options.Acks),
		Compression:            codec,
		AllowAutoTopicCreation: true,
		Completion: func(messages []kafka.Message, err error) {
			if err != nil || options.Acks == 0 {
				return
			}
			for _, m := range messages {
				at := driver.Delivery{Partition: int32(m.Partition), Offset: m.Offset}
				m.WriterData.(*sent).delivery = at
			}
		},
	}
	c.writers[options] = writer
	return writer, nil
}

func newMessage(record driver.NewRecord, data *sent) kafka.Message {
	message := kafka.Message{
		Topic:      record.Topic,
		Key:        record.Key,
		Value:      record.Value,
		Time:       record.Time(),
		WriterData: data,
	}
	for _, header := range record.Headers {
		pair := kafka.Header{Key: header.Name, Value: header.Value}
		message.Headers = append(message.Headers, pair)
	}
	return message
}
