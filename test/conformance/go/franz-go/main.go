// franz-go's driver: kgo for records and groups, kadm for the administrator's requests.
package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// client makes a kgo client for each kind of producer and for each consumer.
type client struct {
	bootstrap string
	admin     *kadm.Client

	mutex     sync.Mutex
	producers map[producerKey]*kgo.Client
}

func main() {
	c := &client{bootstrap: os.Getenv("BOOTSTRAP"), producers: map[producerKey]*kgo.Client{}}
	bare, err := c.open()
	if err != nil {
		panic(err)
	}
	c.admin = kadm.NewClient(bare)
	driver.Serve(c)
}

// open makes a kgo client with these options on top of the driver's own.
func (c *client) open(options ...kgo.Opt) (*kgo.Client, error) {
	own := []kgo.Opt{
		kgo.SeedBrokers(c.bootstrap),
		kgo.ClientID("franz-go"),
		// Else metadata that is 5 s old answers the administrator's questions.
		kgo.MetadataMinAge(10 * time.Millisecond),
	}
	return kgo.NewClient(append(own, options...)...)
}

func (c *client) Info() driver.Info {
	return driver.Info{
		Client:    "franz-go",
		Version:   driver.ModuleVersion("github.com/twmb/franz-go"),
		Codecs:    []string{"none", "gzip", "snappy", "lz4", "zstd"},
		Assignors: []string{"range", "roundrobin", "sticky", "cooperative-sticky"},
		Lacks:     []string{},
	}
}

func (c *client) Code(err error) (int16, bool) {
	var known *kerr.Error
	if errors.As(err, &known) {
		return known.Code, true
	}
	return 0, false
}

func (c *client) InitTransactional(id string, timeout time.Duration) error {
	producer, err := c.open(kgo.TransactionalID(id), kgo.TransactionTimeout(timeout))
	if err != nil {
		return err
	}
	defer producer.Close()
	ctx, cancel := patience()
	defer cancel()
	_, _, err = producer.ProducerID(ctx)
	return err
}

func (c *client) Close() {
	c.admin.Close()
	for _, producer := range c.producers {
		producer.Close()
	}
}

func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), driver.PatienceMax)
}
