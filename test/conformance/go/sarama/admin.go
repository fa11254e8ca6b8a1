package main

import (
	"maps"
	"slices"

	"odradek.test/conformance/driver"

	"github.com/IBM/sarama"
)

func (c *client) CreateTopics(topics []driver.Topic) error {
	for _, t := range topics {
		configs := map[string]*string{}
		for name, value := range t.Configs {
			configs[name] = &value
		}
		detail := &sarama.TopicDetail{
			NumPartitions:     t.Partitions,
			ReplicationFactor: t.ReplicationFactor,
			ConfigEntries:     configs,
		}
		if err := c.admin.CreateTopic(t.Name, detail, false); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) DeleteTopics(names []string) error {
	for _, name := range names {
		if err := c.admin.DeleteTopic(name); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) CreatePartitions(topic string, total int32) error {
	return c.admin.CreatePartitions(topic, total, nil, false)
}

func (c *client) ListTopics() ([]driver.Topic, error) {
	listed, err := c.admin.ListTopics()
	topics := []driver.Topic{}
	for name, detail := range listed {
		topics = append(topics, driver.Topic{Name: name, Partitions: detail.NumPartitions})
	}
	return topics, err
}

// DeleteRecords asks for the new beginnings afterwards: sarama's own call does not give them.
func (c *client) DeleteRecords(before []driver.Offset) ([]int64, error) {
	marks := []int64{}
	for _, o := range before {
		asked := map[int32]int64{o.Partition.Partition: o.Offset}
		if err := c.admin.DeleteRecords(o.Topic, asked); err != nil {
			return nil, err
		}
		found, err := c.Offsets([]driver.Partition{o.Partition}, driver.Earliest)
		if err != nil {
			return nil, err
		}
		marks = append(marks, found[0].Offset)
	}
	return marks, nil
}

func resourceType(resource driver.Resource) sarama.ConfigResourceType {
	if resource.Type == "topic" {
		return sarama.TopicResource
	}
	return sarama.BrokerResource
}

func (c *client) DescribeConfigs(resource driver.Resource) (map[string]*string, error) {
	asked := sarama.ConfigResource{Type: resourceType(resource), Name: resource.Name}
	entries, err := c.admin.DescribeConfig(asked)
	configs := map[string]*string{}
	for _, entry := range entries {
		configs[entry.Name] = &entry.Value
	}
	return configs, err
}

func (c *client) AlterConfigs(
	resource driver.Resource, set map[string]string, remove []string,
) error {
	changes := map[string]sarama.IncrementalAlterConfigsEntry{}
	for name, value := range set {
		changes[name] = sarama.IncrementalAlterConfigsEntry{
			Operation: sarama.IncrementalAlterConfigsOperationSet,
			Value:     &value,
		}
	}
	for _, name := range remove {
		changes[name] = sarama.IncrementalAlterConfigsEntry{
			Operation: sarama.IncrementalAlterConfigsOperationDelete,
		}
	}
	return c.admin.IncrementalAlterConfig(resourceType(resource), resource.Name, changes, false)
}

func (c *client) ListGroups() ([]string, error) {
	listed, err := c.admin.ListConsumerGroups()
	return slices.AppendSeq([]string{}, maps.Keys(listed)), err
}

func (c *client) DescribeGroup(group string) (driver.Group, error) {
	described, err := c.admin.DescribeConsumerGroups([]string{group})
	if err != nil {
		return driver.Group{}, err
	}
	one := described[0]
	if one.Err != sarama.ErrNoError {
		return driver.Group{}, one.Err
	}
	members := []driver.Member{}
	for _, m := range one.Members {
		member := driver.Member{ID: m.MemberId, ClientID: m.ClientId}
		assigned, err := m.GetMemberAssignment()
		if err != nil {
			return driver.Group{}, err
		}
		if assigned != nil {
			for topic, partitions := range assigned.Topics {
				for _, p := range partitions {
					own := driver.Partition{Topic: topic, Partition: p}
					member.Assignment = append(member.Assignment, own)
				}
			}
		}
		members = append(members, member)
	}
	return driver.Group{State: one.State, Protocol: one.Protocol, Members: members}, nil
}

func (c *client) DeleteGroups(groups []string) error {
	for _, group := range groups {
		if err := c.admin.DeleteConsumerGroup(group); err != nil {
			return err
		}
	}
	return nil
}
