package main

import (
	"context"

	"odradek.test/conformance/driver"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func each(partitions map[string][]int32, visit func(driver.Partition)) {
	for topic, numbers := range partitions {
		for _, number := range numbers {
			visit(driver.Partition{Topic: topic, Partition: number})
		}
	}
}

func byTopic(partitions []driver.Partition) map[string][]int32 {
	grouped := map[string][]int32{}
	for _, p := range partitions {
		grouped[p.Topic] = append(grouped[p.Topic], p.Partition)
	}
	return grouped
}

func eachCommit(
	request *kmsg.OffsetCommitRequest,
	visit func(driver.Partition, *kmsg.OffsetCommitRequestTopicPartition),
) {
	for _, topic := range request.Topics {
		for i := range topic.Partitions {
			commit := &topic.Partitions[i]
			visit(driver.Partition{Topic: topic.Topic, Partition: commit.Partition}, commit)
		}
	}
}

// commitAsMember commits with the member's id and generation.
func (c *consumer) commitAsMember(
	ctx context.Context, offsets map[string]map[int32]kgo.EpochOffset,
) error {
	var failed error
	c.kgo.CommitOffsetsSync(ctx, offsets, func(
		_ *kgo.Client, _ *kmsg.OffsetCommitRequest, answer *kmsg.OffsetCommitResponse, err error,
	) {
		failed = err
		if answer == nil {
			return
		}
		for _, topic := range answer.Topics {
			for _, p := range topic.Partitions {
				if failed == nil {
					failed = kerr.ErrorForCode(p.ErrorCode)
				}
			}
		}
	})
	return failed
}

// commit is for consumers that are no members.
func (c *client) commit(ctx context.Context, group string, offsets []driver.Offset) error {
	asked := kadm.Offsets{}
	for _, o := range offsets {
		asked.Add(kadm.Offset{
			Topic:       o.Topic,
			Partition:   o.Partition.Partition,
			At:          o.Offset,
			LeaderEpoch: -1,
			Metadata:    o.Metadata,
		})
	}
	return c.admin.CommitAllOffsets(ctx, group, asked)
}

func (c *client) committed(group string, partitions []driver.Partition) ([]driver.Offset, error) {
	ctx, cancel := patience()
	defer cancel()
	all, err := c.admin.FetchOffsets(ctx, group)
	if err != nil {
		return nil, err
	}
	answers := []driver.Offset{}
	for _, p := range partitions {
		answer := driver.Offset{Partition: p, Offset: -1}
		if found, ok := all.Lookup(p.Topic, p.Partition); ok {
			if found.Err != nil {
				return nil, found.Err
			}
			answer.Offset, answer.Metadata = found.At, found.Metadata
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func (c *client) Offsets(partitions []driver.Partition, at driver.At) ([]driver.Offset, error) {
	ctx, cancel := patience()
	defer cancel()
	topics := []string{}
	for topic := range byTopic(partitions) {
		topics = append(topics, topic)
	}
	var listed kadm.ListedOffsets
	var err error
	switch at {
	case driver.Earliest:
		listed, err = c.admin.ListStartOffsets(ctx, topics...)
	case driver.Latest:
		listed, err = c.admin.ListEndOffsets(ctx, topics...)
	default:
		listed, err = c.admin.ListOffsetsAfterMilli(ctx, int64(at), topics...)
	}
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, err
	}
	answers := []driver.Offset{}
	for _, p := range partitions {
		found, ok := listed.Lookup(p.Topic, p.Partition)
		if !ok {
			return nil, kerr.UnknownTopicOrPartition
		}
		answer := driver.Offset{Partition: p, Offset: found.Offset, Timestamp: &found.Timestamp}
		// kadm puts the end where no record is that late; its timestamp tells.
		if at >= 0 && found.Timestamp == -1 {
			answer.Offset = -1
		}
		answers = append(answers, answer)
	}
	return answers, nil
}
