// kafka-go's driver: its Writer, Reader and ConsumerGroup, and its Client for all else.
package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// client has one writer for each kind of producer.
type client struct {
	bootstrap string
	client    *kafka.Client

	mutex   sync.Mutex
	writers map[driver.ProducerOptions]*kafka.Writer
}

func main() {
	bootstrap := os.Getenv("BOOTSTRAP")
	driver.Serve(&client{
		bootstrap: bootstrap,
		client:    &kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: driver.PatienceMax},
		writers:   map[driver.ProducerOptions]*kafka.Writer{},
	})
}

func (c *client) Info() driver.Info {
	return driver.Info{
		Client:    "kafka-go",
		Version:   driver.ModuleVersion("github.com/segmentio/kafka-go"),
		Codecs:    []string{"none", "gzip", "snappy", "lz4", "zstd"},
		Assignors: []string{"range", "roundrobin"},
		Lacks: []string{
			"idempotent", "static-membership", "auto-offset-reset-none", "out-of-range-reset",
			"pause", "resume", "position", "deleteRecords",
			// Its readers give null for empty bytes, and the producer's time whatever the topic's type.
			"empty-keys", "empty-values", "empty-headers", "log-append-time",
		},
	}
}

func (c *client) Code(err error) (int16, bool) {
	var several kafka.WriteErrors
	if errors.As(err, &several) {
		for _, one := range several {
			if one != nil {
				err = one
				break
			}
		}
	}
	var known kafka.Error
	if errors.As(err, &known) {
		return int16(known), true
	}
	return 0, false
}

func (c *client) InitTransactional(id string, timeout time.Duration) error {
	answer, err := c.client.InitProducerID(context.Background(), &kafka.InitProducerIDRequest{
		TransactionalID:      id,
		TransactionTimeoutMs: int(timeout.Milliseconds()),
		ProducerID:           -1,
		ProducerEpoch:        -1,
	})
	if err != nil {
		return err
	}
	return answer.Error
}

func (c *client) Close() {
	for _, writer := range c.writers {
		writer.Close()
	}
}
