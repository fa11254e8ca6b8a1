package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

// commitErrorWait bounds the wait for an error of a commit: sarama's commit gives none back, it
// comes by the group's channel of errors.
const commitErrorWait = 100 * time.Millisecond

// member is a consumer's membership of its group; sarama calls it as the handler of its claims.
type member struct {
	owner  *consumer
	group  sarama.ConsumerGroup
	cancel context.CancelFunc
	done   chan struct{}
	errors chan error

	mutex   sync.Mutex
	session sarama.ConsumerGroupSession
}

func (c *consumer) join(topics []string) (*member, error) {
	group, err := sarama.NewConsumerGroup(c.owner.brokers, c.group, c.config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{
		owner:  c,
		group:  group,
		cancel: cancel,
		done:   make(chan struct{}),
		errors: make(chan error, 16),
	}
	go func() {
		for err := range group.Errors() {
			select {
			case m.errors <- err:
			default:
			}
		}
	}()
	go func() {
		defer close(m.done)
		for ctx.Err() == nil {
			err := group.Consume(ctx, topics, m)
			if err == nil || ctx.Err() != nil {
				continue
			}
			// What a broker says is an error; a rebalance that takes longer than sarama's few
			// attempts, and that no broker is there, is for this loop to outlast.
			if _, ok := c.owner.Code(err); ok && !errors.Is(err, sarama.ErrRebalanceInProgress) {
				c.report(err)
			}
			time.Sleep(c.config.Consumer.Group.Rebalance.Retry.Backoff)
		}
	}()
	return m, nil
}

// Setup begins a session.
func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session = session
	return nil
}

// Cleanup ends it.
func (m *member) Cleanup(sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.session = nil
	return nil
}

// ConsumeClaim hands on the records of one partition until the claim or the session ends. It goes
// on receiving while nobody polls, to see that end.
func (m *member) ConsumeClaim(
	session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim,
) error {
	var waiting []*sarama.ConsumerMessage
	for {
		var out chan<- *sarama.ConsumerMessage
		var first *sarama.ConsumerMessage
		if len(waiting) > 0 {
			out, first = m.owner.messages, waiting[0]
		}
		select {
		case message, open := <-claim.Messages():
			if !open {
				return nil
			}
			waiting = append(waiting, message)
		case out <- first:
			waiting = waiting[1:]
		case <-session.Context().Done():
			return nil
		}
	}
}

func (m *member) current() sarama.ConsumerGroupSession {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.session
}

func (m *member) claims() []driver.Partition {
	owned := []driver.Partition{}
	if session := m.current(); session != nil {
		for topic, partitions := range session.Claims() {
			for _, p := range partitions {
				owned = append(owned, driver.Partition{Topic: topic, Partition: p})
			}
		}
	}
	return owned
}

// commit marks forward and back: each of sarama's two calls goes in one direction only.
func (m *member) commit(offsets []driver.Offset) error {
	session := m.current()
	if session == nil {
		return errors.New("the member has no session")
	}
	for len(m.errors) > 0 {
		<-m.errors
	}
	for _, o := range offsets {
		session.MarkOffset(o.Topic, o.Partition.Partition, o.Offset, o.Metadata)
		session.ResetOffset(o.Topic, o.Partition.Partition, o.Offset, o.Metadata)
	}
	session.Commit()
	select {
	case err := <-m.errors:
		return err
	case <-time.After(commitErrorWait):
		return nil
	}
}

func (m *member) leave() error {
	m.cancel()
	<-m.done
	return m.group.Close()
}
