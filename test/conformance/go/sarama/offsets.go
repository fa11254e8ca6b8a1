package main

import (
	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

func byTopic(partitions []driver.Partition) map[string][]int32 {
	grouped := map[string][]int32{}
	for _, p := range partitions {
		grouped[p.Topic] = append(grouped[p.Topic], p.Partition)
	}
	return grouped
}

// commit is for consumers that are no members.
func (c *client) commit(group string, offsets []driver.Offset) error {
	asked := map[string]map[int32]sarama.OffsetAndMetadata{}
	for _, o := range offsets {
		if asked[o.Topic] == nil {
			asked[o.Topic] = map[int32]sarama.OffsetAndMetadata{}
		}
		asked[o.Topic][o.Partition.Partition] = sarama.OffsetAndMetadata{
			Offset:      o.Offset,
			Metadata:    o.Metadata,
			LeaderEpoch: -1,
		}
	}
	answer, err := c.admin.AlterConsumerGroupOffsets(group, asked, nil)
	if err != nil {
		return err
	}
	for _, partitions := range answer.Errors {
		for _, code := range partitions {
			if code != sarama.ErrNoError {
				return code
			}
		}
	}
	return nil
}

func (c *client) committed(group string, partitions []driver.Partition) ([]driver.Offset, error) {
	answer, err := c.admin.ListConsumerGroupOffsets(group, byTopic(partitions))
	if err != nil {
		return nil, err
	}
	if answer.Err != sarama.ErrNoError {
		return nil, answer.Err
	}
	offsets := []driver.Offset{}
	for _, p := range partitions {
		block := answer.GetBlock(p.Topic, p.Partition)
		if block == nil {
			return nil, sarama.ErrIncompleteResponse
		}
		if block.Err != sarama.ErrNoError {
			return nil, block.Err
		}
		found := driver.Offset{Partition: p, Offset: block.Offset, Metadata: block.Metadata}
		offsets = append(offsets, found)
	}
	return offsets, nil
}

func (c *client) Offsets(partitions []driver.Partition, at driver.At) ([]driver.Offset, error) {
	asked := map[string]map[int32]int64{}
	for _, p := range partitions {
		if asked[p.Topic] == nil {
			asked[p.Topic] = map[int32]int64{}
		}
		asked[p.Topic][p.Partition] = int64(at)
	}
	listed, err := c.admin.ListOffsets(asked, nil)
	if err != nil {
		return nil, err
	}
	offsets := []driver.Offset{}
	for _, p := range partitions {
		found := listed[p.Topic][p.Partition]
		if found.Err != nil && found.Err != sarama.ErrNoError {
			return nil, found.Err
		}
		offset := driver.Offset{Partition: p, Offset: found.Offset, Timestamp: &found.Timestamp}
		offsets = append(offsets, offset)
	}
	return offsets, nil
}
