package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"odradek.test/conformance/driver"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

var balancers = map[string]kgo.GroupBalancer{
	"range":              kgo.RangeBalancer(),
	"roundrobin":         kgo.RoundRobinBalancer(),
	"sticky":             kgo.StickyBalancer(),
	"cooperative-sticky": kgo.CooperativeStickyBalancer(),
}

// resets are auto.offset.reset in kgo's two options: without a commit, and out of range.
var resets = map[string][]kgo.Opt{
	"earliest": startAndReset(kgo.NewOffset().AtStart(), kgo.NewOffset().AtStart()),
	"latest":   startAndReset(kgo.NewOffset().AtEnd(), kgo.NewOffset().AtEnd()),
	"none":     startAndReset(kgo.NewOffset().AtCommitted(), kgo.NoResetOffset()),
}

func startAndReset(start, reset kgo.Offset) []kgo.Opt {
	return []kgo.Opt{kgo.ConsumeStartOffset(start), kgo.ConsumeResetOffset(reset)}
}

// consumer is a kgo client that is made when it is known whether it subscribes (then it is a
// member) or is assigned (then it is not, and its commits are an administrator's).
type consumer struct {
	owner  *client
	group  string
	common []kgo.Opt
	member []kgo.Opt
	kgo    *kgo.Client
	joined bool

	mutex sync.Mutex
	owned map[driver.Partition]bool
	// Next offset to read, where a record was read or sought.
	next map[driver.Partition]int64
}

func (c *client) OpenConsumer(options driver.ConsumerOptions) (driver.Consumer, error) {
	made := &consumer{
		owner: c,
		group: options.Group,
		owned: map[driver.Partition]bool{},
		next:  map[driver.Partition]int64{},
	}
	made.common = append(made.common, kgo.FetchMaxWait(500*time.Millisecond))
	made.common = append(made.common, resets[options.AutoOffsetReset]...)
	if options.Isolation == "read_committed" {
		made.common = append(made.common, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	}
	made.member = append(
		memberOptions(options),
		kgo.OnPartitionsAssigned(made.assigned),
		kgo.OnPartitionsRevoked(made.revoked),
		kgo.OnPartitionsLost(made.revoked),
	)
	return made, nil
}

func memberOptions(options driver.ConsumerOptions) []kgo.Opt {
	chosen := []kgo.Opt{kgo.ConsumerGroup(options.Group), kgo.DisableAutoCommit()}
	if options.InstanceID != "" {
		chosen = append(chosen, kgo.InstanceID(options.InstanceID))
	}
	if balancer, ok := balancers[options.Assignor]; ok {
		chosen = append(chosen, kgo.Balancers(balancer))
	}
	if options.SessionTimeoutMs != 0 {
		chosen = append(chosen, kgo.SessionTimeout(options.SessionTimeout()))
	}
	if options.HeartbeatMs != 0 {
		chosen = append(chosen, kgo.HeartbeatInterval(options.Heartbeat()))
	}
	return chosen
}

func (c *consumer) assigned(_ context.Context, _ *kgo.Client, added map[string][]int32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	each(added, func(p driver.Partition) { c.owned[p] = true })
}

func (c *consumer) revoked(_ context.Context, _ *kgo.Client, gone map[string][]int32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	each(gone, func(p driver.Partition) { delete(c.owned, p); delete(c.next, p) })
}

func (c *consumer) Subscribe(topics []string) error {
	if c.kgo != nil {
		c.kgo.PurgeTopicsFromConsuming(c.kgo.GetConsumeTopics()...)
		c.kgo.AddConsumeTopics(topics...)
		return nil
	}
	var err error
	options := slices.Concat(c.common, c.member, []kgo.Opt{kgo.ConsumeTopics(topics...)})
	c.kgo, err = c.owner.open(options...)
	c.joined = err == nil
	return err
}

func (c *consumer) Assign(positions []driver.Position) error {
	if c.kgo != nil {
		c.kgo.Close()
	}
	from := map[string]map[int32]kgo.Offset{}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	clear(c.owned)
	for _, position := range positions {
		if from[position.Topic] == nil {
			from[position.Topic] = map[int32]kgo.Offset{}
		}
		from[position.Topic][position.Partition.Partition] = kgo.NewOffset().At(int64(position.Offset))
		c.owned[position.Partition] = true
	}
	var err error
	options := slices.Concat(c.common, []kgo.Opt{kgo.ConsumePartitions(from)})
	c.kgo, err = c.owner.open(options...)
	return err
}

func (c *consumer) Poll(max int, timeout time.Duration) ([]driver.Record, error) {
	records := []driver.Record{}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	for len(records) < max && ctx.Err() == nil {
		fetches := c.kgo.PollRecords(ctx, max-len(records))
		for _, failed := range fetches.Errors() {
			if err := serious(failed.Err); err != nil {
				return nil, err
			}
		}
		fetches.EachRecord(func(got *kgo.Record) { records = append(records, c.take(got)) })
	}
	return records, nil
}

// serious leaves out what kgo reports beside records and goes on from by itself.
func serious(err error) error {
	var reset *kgo.ErrDataLoss
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &reset) {
		return nil
	}
	var session *kgo.ErrGroupSession
	if errors.As(err, &session) && !errors.Is(err, kerr.FencedInstanceID) {
		return nil
	}
	// kgo keeps this error to itself, but for its text.
	if err.Error() == "partition has no prior committed offset" {
		return driver.Failure{Code: driver.CodeLocal, Name: "_NO_OFFSET", Message: err.Error()}
	}
	return err
}

func (c *consumer) take(got *kgo.Record) driver.Record {
	c.mutex.Lock()
	c.next[driver.Partition{Topic: got.Topic, Partition: got.Partition}] = got.Offset + 1
	c.mutex.Unlock()
	headers := []driver.Header{}
	for _, header := range got.Headers {
		headers = append(headers, driver.Header{Name: header.Key, Value: header.Value})
	}
	return driver.Record{
		Topic:     got.Topic,
		Partition: got.Partition,
		Offset:    got.Offset,
		Timestamp: got.Timestamp.UnixMilli(),
		Key:       got.Key,
		Value:     got.Value,
		Headers:   headers,
	}
}

func (c *consumer) Assignment() ([]driver.Partition, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	owned := []driver.Partition{}
	for p := range c.owned {
		owned = append(owned, p)
	}
	return owned, nil
}

func (c *consumer) Seek(to driver.Offset) error {
	c.kgo.SetOffsets(map[string]map[int32]kgo.EpochOffset{
		to.Topic: {to.Partition.Partition: {Epoch: -1, Offset: to.Offset}},
	})
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.next[to.Partition] = to.Offset
	return nil
}

func (c *consumer) Pause(partitions []driver.Partition) error {
	c.kgo.PauseFetchPartitions(byTopic(partitions))
	return nil
}

func (c *consumer) Resume(partitions []driver.Partition) error {
	c.kgo.ResumeFetchPartitions(byTopic(partitions))
	return nil
}

// Position is the driver's book: kgo has one only for groups, and only of what is uncommitted.
func (c *consumer) Position(p driver.Partition) (int64, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if next, ok := c.next[p]; ok {
		return next, nil
	}
	return 0, fmt.Errorf("nothing was read of %s-%d", p.Topic, p.Partition)
}

func (c *consumer) Commit(offsets []driver.Offset) error {
	ctx, cancel := patience()
	defer cancel()
	if !c.joined {
		return c.owner.commit(ctx, c.group, offsets)
	}
	values := map[string]map[int32]kgo.EpochOffset{}
	metadata := map[driver.Partition]string{}
	for _, offset := range offsets {
		if values[offset.Topic] == nil {
			values[offset.Topic] = map[int32]kgo.EpochOffset{}
		}
		at := kgo.EpochOffset{Epoch: -1, Offset: offset.Offset}
		values[offset.Topic][offset.Partition.Partition] = at
		metadata[offset.Partition] = offset.Metadata
	}
	// kgo's commits have no metadata of their own; this is its documented way to add some.
	withMetadata := kgo.PreCommitFnContext(ctx, func(request *kmsg.OffsetCommitRequest) error {
		eachCommit(request, func(p driver.Partition, commit *kmsg.OffsetCommitRequestTopicPartition) {
			commit.Metadata = kmsg.StringPtr(metadata[p])
		})
		return nil
	})
	return c.commitAsMember(withMetadata, values)
}

func (c *consumer) Committed(partitions []driver.Partition) ([]driver.Offset, error) {
	return c.owner.committed(c.group, partitions)
}

func (c *consumer) Close() error {
	if c.kgo == nil {
		return nil
	}
	defer c.kgo.Close()
	ctx, cancel := patience()
	defer cancel()
	return c.kgo.LeaveGroupContext(ctx)
}
