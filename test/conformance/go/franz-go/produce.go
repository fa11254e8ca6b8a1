package main

import (
	"fmt"

	"odradek.test/conformance/driver"

	"github.com/twmb/franz-go/pkg/kgo"
)

// producerKey tells producers apart: kgo has one partitioner for a client.
type producerKey struct {
	driver.ProducerOptions
	partitioned bool
}

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

var acks = map[int16]kgo.Acks{0: kgo.NoAck(), 1: kgo.LeaderAck(), -1: kgo.AllISRAcks()}

func (c *client) Produce(options driver.ProducerOptions, records []driver.NewRecord) (
	[]driver.Delivery, error,
) {
	ctx, cancel := patience()
	defer cancel()
	deliveries := make([]driver.Delivery, len(records))
	failed := make(chan error, len(records))
	for i, record := range records {
		producer, err := c.producer(producerKey{options, record.Partition != nil})
		if err != nil {
			return nil, err
		}
		producer.Produce(ctx, newRecord(record), func(sent *kgo.Record, err error) {
			deliveries[i] = driver.Delivery{Partition: sent.Partition, Offset: sent.Offset}
			if options.Acks == 0 {
				deliveries[i].Offset = -1
			}
			failed <- err
		})
	}
	var first error
	for range records {
		if err := <-failed; first == nil {
			first = err
		}
	}
	return deliveries, first
}

func (c *client) producer(key producerKey) (*kgo.Client, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if producer, ok := c.producers[key]; ok {
		return producer, nil
	}
	codec, known := codecs[key.Codec]
	if !known {
		return nil, fmt.Errorf("there is no codec %s", key.Codec)
	}
	options := []kgo.Opt{
		kgo.RequiredAcks(acks[key.Acks]),
		kgo.ProducerBatchCompression(codec),
		kgo.ProducerBatchMaxBytes(driver.BatchBytesMax),
		kgo.AllowAutoTopicCreation(),
	}
	if !key.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	if key.partitioned {
		options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	}
	producer, err := c.open(options...)
	if err == nil {
		c.producers[key] = producer
	}
	return producer, err
}

func newRecord(record driver.NewRecord) *kgo.Record {
	made := &kgo.Record{
		Topic:     record.Topic,
		Key:       record.Key,
		Value:     record.Value,
		Timestamp: record.Time(),
	}
	if record.Partition != nil {
		made.Partition = *record.Partition
	}
	for _, header := range record.Headers {
		made.Headers = append(made.Headers, kgo.RecordHeader{Key: header.Name, Value: header.Value})
	}
	return made
}
