package main

import (
	"context"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// commit is for consumers that are no members.
func (c *client) commit(group string, offsets []driver.Offset) error {
	request := &kafka.OffsetCommitRequest{
		GroupID:      group,
		GenerationID: -1,
		Topics:       map[string][]kafka.OffsetCommit{},
	}
	for _, o := range offsets {
		commit := kafka.OffsetCommit{
			Partition: int(o.Partition.Partition),
			Offset:    o.Offset,
			Metadata:  o.Metadata,
		}
		request.Topics[o.Topic] = append(request.Topics[o.Topic], commit)
	}
	answer, err := c.client.OffsetCommit(context.Background(), request)
	if err != nil {
		return err
	}
	for _, partitions := range answer.Topics {
		for _, p := range partitions {
			if p.Error != nil {
				return p.Error
			}
		}
	}
	return nil
}

func (c *client) committed(group string, partitions []driver.Partition) ([]driver.Offset, error) {
	request := &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{}}
	for _, p := range partitions {
		request.Topics[p.Topic] = append(request.Topics[p.Topic], int(p.Partition))
	}
	answer, err := c.client.OffsetFetch(context.Background(), request)
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return nil, err
	}
	offsets := []driver.Offset{}
	for topic, found := range answer.Topics {
		for _, one := range found {
			if one.Error != nil {
				return nil, one.Error
			}
			offsets = append(offsets, driver.Offset{
				Partition: driver.Partition{Topic: topic, Partition: int32(one.Partition)},
				Offset:    one.CommittedOffset,
				Metadata:  one.Metadata,
			})
		}
	}
	return offsets, nil
}

func (c *client) Offsets(partitions []driver.Partition, at driver.At) ([]driver.Offset, error) {
	offsets := []driver.Offset{}
	for _, p := range partitions {
		asked := kafka.OffsetRequest{Partition: int(p.Partition), Timestamp: int64(at)}
		answer, err := c.client.ListOffsets(context.Background(), &kafka.ListOffsetsRequest{
			Topics: map[string][]kafka.OffsetRequest{p.Topic: {asked}},
		})
		if err != nil {
			return nil, err
		}
		for _, found := range answer.Topics[p.Topic] {
			if found.Error != nil {
				return nil, found.Error
			}
			offsets = append(offsets, driver.Offset{Partition: p, Offset: offsetAt(found, at)})
		}
	}
	return offsets, nil
}

// offsetAt finds the one offset that was asked for: kafka-go sorts answers by what they are for.
func offsetAt(found kafka.PartitionOffsets, at driver.At) int64 {
	switch at {
	case driver.Earliest:
		return found.FirstOffset
	case driver.Latest:
		return found.LastOffset
	}
	for offset := range found.Offsets {
		return offset
	}
	return -1
}
