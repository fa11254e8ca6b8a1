package main

import (
	"context"
	"errors"
	"sync"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

var balancers = map[string]kafka.GroupBalancer{
	"range":      kafka.RangeGroupBalancer{},
	"roundrobin": kafka.RoundRobinGroupBalancer{},
}

// member is a consumer's membership of its group: one generation after the other.
type member struct {
	owner *consumer
	group *kafka.ConsumerGroup
	done  chan struct{}

	mutex      sync.Mutex
	generation *kafka.Generation
}

func (c *consumer) join(topics []string) (*member, error) {
	config := kafka.ConsumerGroupConfig{
		ID:                c.options.Group,
		Brokers:           []string{c.owner.bootstrap},
		Topics:            topics,
		HeartbeatInterval: c.options.Heartbeat(),
		SessionTimeout:    c.options.SessionTimeout(),
		StartOffset:       kafka.LastOffset,
	}
	if c.options.AutoOffsetReset == "earliest" {
		config.StartOffset = kafka.FirstOffset
	}
	if balancer, ok := balancers[c.options.Assignor]; ok {
		config.GroupBalancers = []kafka.GroupBalancer{balancer}
	}
	group, err := kafka.NewConsumerGroup(config)
	if err != nil {
		return nil, err
	}
	m := &member{owner: c, group: group, done: make(chan struct{})}
	go m.run()
	return m, nil
}

// run takes part in generations until the group is closed. An error of joining is no end: the
// library tries again.
func (m *member) run() {
	defer close(m.done)
	for {
		generation, err := m.group.Next(context.Background())
		if errors.Is(err, kafka.ErrGroupClosed) {
			return
		}
		if err != nil {
			continue
		}
		m.begin(generation)
	}
}

func (m *member) begin(generation *kafka.Generation) {
	m.mutex.Lock()
	m.generation = generation
	m.mutex.Unlock()
	for topic, assignments := range generation.Assignments {
		for _, assigned := range assignments {
			p := driver.Partition{Topic: topic, Partition: int32(assigned.ID)}
			if err := m.owner.read(p, assigned.Offset); err != nil {
				m.owner.report(err)
			}
		}
	}
	// A generation ends where a function that it has started returns: this one waits for the end.
	generation.Start(func(ctx context.Context) {
		<-ctx.Done()
		m.owner.closeReaders()
	})
}

func (m *member) current() *kafka.Generation {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.generation
}

func (m *member) commit(offsets []driver.Offset) error {
	generation := m.current()
	if generation == nil {
		return errors.New("the member has no generation")
	}
	asked := map[string]map[int]int64{}
	for _, o := range offsets {
		if asked[o.Topic] == nil {
			asked[o.Topic] = map[int]int64{}
		}
		asked[o.Topic][int(o.Partition.Partition)] = o.Offset
	}
	return generation.CommitOffsets(asked)
}

func (m *member) leave() error {
	err := m.group.Close()
	<-m.done
	return err
}
