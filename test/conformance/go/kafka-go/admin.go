package main

import (
	"context"

	"odradek.test/conformance/driver"

	"github.com/segmentio/kafka-go"
)

// firstOf is the error of a request as a whole, or the first one of its parts.
func firstOf(err error, parts map[string]error) error {
	for _, part := range parts {
		if err == nil {
			err = part
		}
	}
	return err
}

func (c *client) CreateTopics(topics []driver.Topic) error {
	request := &kafka.CreateTopicsRequest{}
	for _, t := range topics {
		config := kafka.TopicConfig{
			Topic:             t.Name,
			NumPartitions:     int(t.Partitions),
			ReplicationFactor: int(t.ReplicationFactor),
		}
		for name, value := range t.Configs {
			entry := kafka.ConfigEntry{ConfigName: name, ConfigValue: value}
			config.ConfigEntries = append(config.ConfigEntries, entry)
		}
		request.Topics = append(request.Topics, config)
	}
	answer, err := c.client.CreateTopics(context.Background(), request)
	if err != nil {
		return err
	}
	return firstOf(nil, answer.Errors)
}

func (c *client) DeleteTopics(names []string) error {
	request := &kafka.DeleteTopicsRequest{Topics: names}
	answer, err := c.client.DeleteTopics(context.Background(), request)
	if err != nil {
		return err
	}
	return firstOf(nil, answer.Errors)
}

func (c *client) CreatePartitions(topic string, total int32) error {
	request := &kafka.CreatePartitionsRequest{
		Topics: []kafka.TopicPartitionsConfig{{Name: topic, Count: total}},
	}
	answer, err := c.client.CreatePartitions(context.Background(), request)
	if err != nil {
		return err
	}
	return firstOf(nil, answer.Errors)
}

func (c *client) ListTopics() ([]driver.Topic, error) {
	answer, err := c.client.Metadata(context.Background(), &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	topics := []driver.Topic{}
	for _, t := range answer.Topics {
		topics = append(topics, driver.Topic{Name: t.Name, Partitions: int32(len(t.Partitions))})
	}
	return topics, nil
}

func (c *client) DeleteRecords([]driver.Offset) ([]int64, error) {
	return nil, driver.ErrLacking
}

func resourceType(resource driver.Resource) kafka.ResourceType {
	if resource.Type == "topic" {
		return kafka.ResourceTypeTopic
	}
	return kafka.ResourceTypeBroker
}

func (c *client) DescribeConfigs(resource driver.Resource) (map[string]*string, error) {
	request := &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{
			{ResourceType: resourceType(resource), ResourceName: resource.Name},
		},
	}
	answer, err := c.client.DescribeConfigs(context.Background(), request)
	if err != nil {
		return nil, err
	}
	configs := map[string]*string{}
	for _, described := range answer.Resources {
		if described.Error != nil {
			return nil, described.Error
		}
		for _, entry := range described.ConfigEntries {
			configs[entry.ConfigName] = &entry.ConfigValue
		}
	}
	return configs, nil
}

func (c *client) AlterConfigs(
	resource driver.Resource, set map[string]string, remove []string,
) error {
	changed := kafka.IncrementalAlterConfigsRequestResource{
		ResourceType: resourceType(resource),
		ResourceName: resource.Name,
	}
	for name, value := range set {
		changed.Configs = append(changed.Configs, kafka.IncrementalAlterConfigsRequestConfig{
			Name: name, Value: value, ConfigOperation: kafka.ConfigOperationSet,
		})
	}
	for _, name := range remove {
		changed.Configs = append(changed.Configs, kafka.IncrementalAlterConfigsRequestConfig{
			Name: name, ConfigOperation: kafka.ConfigOperationDelete,
		})
	}
	request := &kafka.IncrementalAlterConfigsRequest{
		Resources: []kafka.IncrementalAlterConfigsRequestResource{changed},
	}
	answer, err := c.client.IncrementalAlterConfigs(context.Background(), request)
	if err != nil {
		return err
	}
	for _, part := range answer.Resources {
		if part.Error != nil {
			return part.Error
		}
	}
	return nil
}

func (c *client) ListGroups() ([]string, error) {
	answer, err := c.client.ListGroups(context.Background(), &kafka.ListGroupsRequest{})
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return nil, err
	}
	groups := []string{}
	for _, group := range answer.Groups {
		groups = append(groups, group.GroupID)
	}
	return groups, nil
}

func (c *client) DescribeGroup(group string) (driver.Group, error) {
	request := &kafka.DescribeGroupsRequest{GroupIDs: []string{group}}
	answer, err := c.client.DescribeGroups(context.Background(), request)
	if err != nil {
		return driver.Group{}, err
	}
	one := answer.Groups[0]
	members := []driver.Member{}
	for _, m := range one.Members {
		member := driver.Member{ID: m.MemberID, ClientID: m.ClientID}
		for _, topic := range m.MemberAssignments.Topics {
			for _, p := range topic.Partitions {
				own := driver.Partition{Topic: topic.Topic, Partition: int32(p)}
				member.Assignment = append(member.Assignment, own)
			}
		}
		members = append(members, member)
	}
	return driver.Group{State: one.GroupState, Members: members}, one.Error
}

func (c *client) DeleteGroups(groups []string) error {
	request := &kafka.DeleteGroupsRequest{GroupIDs: groups}
	answer, err := c.client.DeleteGroups(context.Background(), request)
	if err != nil {
		return err
	}
	return firstOf(nil, answer.Errors)
}
