package main

import (
	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

// producerKey tells producers apart: sarama has one partitioner for a producer.
type producerKey struct {
	driver.ProducerOptions
	partitioned bool
}

func setIdempotent(config *sarama.Config) {
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
}

func (c *client) Produce(options driver.ProducerOptions, records []driver.NewRecord) (
	[]driver.Delivery, error,
) {
	messages := make([]*sarama.ProducerMessage, len(records))
	batches := map[producerKey][]*sarama.ProducerMessage{}
	for i, record := range records {
		messages[i] = newMessage(record)
		key := producerKey{options, record.Partition != nil}
		batches[key] = append(batches[key], messages[i])
	}
	for key, batch := range batches {
		producer, err := c.producer(key)
		if err != nil {
			return nil, err
		}
		if err := producer.SendMessages(batch); err != nil {
			return nil, err
		}
	}
	deliveries := make([]driver.Delivery, len(records))
	for i, message := range messages {
		deliveries[i] = driver.Delivery{Partition: message.Partition, Offset: message.Offset}
		if options.Acks == 0 {
			deliveries[i].Offset = -1
		}
	}
	return deliveries, nil
}

func (c *client) producer(key producerKey) (sarama.SyncProducer, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if producer, ok := c.producers[key]; ok {
		return producer, nil
	}
	config := newConfig()
	config.Producer.RequiredAcks = sarama.RequiredAcks(key.Acks)
	if err := config.Producer.Compression.UnmarshalText([]byte(key.Codec)); err != nil {
		return nil, err
	}
	config.Producer.MaxMessageBytes = driver.BatchBytesMax
	config.Producer.Return.Successes = true
	// Its default, three attempts within 0.3 s, does not outlast a restart of the broker.
	config.Producer.Retry.Max = 100
	// While none runs, a message fails as soon as these attempts, 250 ms apart, are over.
	config.Metadata.Retry.Max = 400
	if key.Idempotent {
		setIdempotent(config)
	}
	if key.partitioned {
		config.Producer.Partitioner = sarama.NewManualPartitioner
	}
	producer, err := sarama.NewSyncProducer(c.brokers, config)
	if err == nil {
		c.producers[key] = producer
	}
	return producer, err
}

func newMessage(record driver.NewRecord) *sarama.ProducerMessage {
	message := &sarama.ProducerMessage{Topic: record.Topic, Timestamp: record.Time()}
	if record.Key != nil {
		message.Key = sarama.ByteEncoder(record.Key)
	}
	if record.Value != nil {
		message.Value = sarama.ByteEncoder(record.Value)
	}
	if record.Partition != nil {
		message.Partition = *record.Partition
	}
	for _, header := range record.Headers {
		pair := sarama.RecordHeader{Key: []byte(header.Name), Value: header.Value}
		message.Headers = append(message.Headers, pair)
	}
	return message
}
