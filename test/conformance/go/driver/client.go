// Package driver is what the drivers of the Go clients share: the conversation with the cases in
// lines of JSON. A driver implements Client and Consumer by its library and calls Serve.
package driver

import "time"

// Info is what a driver says of itself when it is ready.
type Info struct {
	Client    string   `json:"client"`
	Version   string   `json:"version"`
	Codecs    []string `json:"codecs"`
	Assignors []string `json:"assignors"`
	// Operations and features that the library itself does not have.
	Lacks []string `json:"lacks"`
}

// Client is a library's side of the operations; calls may overlap. Where the library does not have
// one, it answers ErrLacking, and Info's Lacks names it.
type Client interface {
	Info() Info
	// Code finds Kafka's number in an error that this client returned.
	Code(error) (int16, bool)

	Produce(ProducerOptions, []NewRecord) ([]Delivery, error)
	OpenConsumer(ConsumerOptions) (Consumer, error)
	Offsets(partitions []Partition, at At) ([]Offset, error)

	CreateTopics([]Topic) error
	DeleteTopics(names []string) error
	CreatePartitions(topic string, total int32) error
	ListTopics() ([]Topic, error)
	// DeleteRecords gives the new beginning of each partition.
	DeleteRecords(before []Offset) ([]int64, error)
	DescribeConfigs(Resource) (map[string]*string, error)
	AlterConfigs(resource Resource, set map[string]string, remove []string) error

	ListGroups() ([]string, error)
	DescribeGroup(group string) (Group, error)
	DeleteGroups(groups []string) error

	// InitTransactional starts a transactional producer; the error is its initialisation's.
	InitTransactional(id string, timeout time.Duration) error
	Close()
}

// Consumer is one consumer of a Client; calls do not overlap.
type Consumer interface {
	Subscribe(topics []string) error
	Assign([]Position) error
	// Poll returns as soon as it has max records, or at the timeout.
	Poll(max int, timeout time.Duration) ([]Record, error)
	// Assignment is what the consumer owns now.
	Assignment() ([]Partition, error)
	Seek(Offset) error
	Pause([]Partition) error
	Resume([]Partition) error
	Position(Partition) (int64, error)
	Commit([]Offset) error
	Committed([]Partition) ([]Offset, error)
	Close() error
}

// PatienceMax bounds what a driver waits for an answer that has no timeout of its own, a little
// less than the cases do.
const PatienceMax = 110 * time.Second

// BatchBytesMax is what producers send at most in a batch, and consumers take at least: the cases
// make the topic the judge, not the client.
const BatchBytesMax = 12 << 20
