// sarama's driver: its sync producer, consumers of partitions and of groups, its cluster admin.
package main

import (
	"errors"
	"os"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

// client shares one admin connection; each kind of producer and each consumer has its own.
type client struct {
	brokers []string
	admin   sarama.ClusterAdmin

	mutex     sync.Mutex
	producers map[producerKey]sarama.SyncProducer
}

func main() {
	c := &client{
		brokers:   []string{os.Getenv("BOOTSTRAP")},
		producers: map[producerKey]sarama.SyncProducer{},
	}
	admin, err := sarama.NewClusterAdmin(c.brokers, newConfig())
	if err != nil {
		panic(err)
	}
	c.admin = admin
	driver.Serve(c)
}

// newConfig is sarama's default for the newest version of Kafka that it knows.
func newConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.ClientID = "sarama"
	return config
}

func (c *client) Info() driver.Info {
	return driver.Info{
		Client:    "sarama",
		Version:   driver.ModuleVersion("github.com/IBM/sarama"),
		Codecs:    []string{"none", "gzip", "snappy", "lz4", "zstd"},
		Assignors: []string{"range", "roundrobin", "sticky", "cooperative-sticky"},
		Lacks:     []string{"position", "auto-offset-reset-none", "out-of-range-reset"},
	}
}

func (c *client) Code(err error) (int16, bool) {
	var several sarama.ProducerErrors
	if errors.As(err, &several) && len(several) > 0 {
		err = several[0].Err
	}
	var known sarama.KError
	if errors.As(err, &known) {
		return int16(known), true
	}
	return 0, false
}

func (c *client) InitTransactional(id string, timeout time.Duration) error {
	config := newConfig()
	config.Producer.Transaction.ID = id
	config.Producer.Transaction.Timeout = timeout
	// By default it asks 50 times within 5 s, whatever the error is.
	config.Producer.Transaction.Retry.Max = 1
	setIdempotent(config)
	config.Producer.Return.Successes = true
	producer, err := sarama.NewSyncProducer(c.brokers, config)
	if err != nil {
		return err
	}
	return producer.Close()
}

func (c *client) Close() {
	for _, producer := range c.producers {
		producer.Close()
	}
	c.admin.Close()
}
