package main

import (
	"fmt"
	"strconv"

	"odradek.test/conformance/driver"

	"github.com/twmb/franz-go/pkg/kadm"
)

func (c *client) CreateTopics(topics []driver.Topic) error {
	ctx, cancel := patience()
	defer cancel()
	for _, t := range topics {
		configs := map[string]*string{}
		for name, value := range t.Configs {
			configs[name] = &value
		}
		_, err := c.admin.CreateTopic(ctx, t.Partitions, t.ReplicationFactor, configs, t.Name)
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *client) DeleteTopics(names []string) error {
	ctx, cancel := patience()
	defer cancel()
	answer, err := c.admin.DeleteTopics(ctx, names...)
	if err != nil {
		return err
	}
	return answer.Error()
}

func (c *client) CreatePartitions(topic string, total int32) error {
	ctx, cancel := patience()
	defer cancel()
	answer, err := c.admin.UpdatePartitions(ctx, int(total), topic)
	if err != nil {
		return err
	}
	return answer.Error()
}

func (c *client) ListTopics() ([]driver.Topic, error) {
	ctx, cancel := patience()
	defer cancel()
	listed, err := c.admin.ListTopicsWithInternal(ctx)
	if err != nil {
		return nil, err
	}
	topics := []driver.Topic{}
	for _, t := range listed.Sorted() {
		topics = append(topics, driver.Topic{Name: t.Topic, Partitions: int32(len(t.Partitions))})
	}
	return topics, nil
}

func (c *client) DeleteRecords(before []driver.Offset) ([]int64, error) {
	ctx, cancel := patience()
	defer cancel()
	asked := kadm.Offsets{}
	for _, o := range before {
		asked.AddOffset(o.Topic, o.Partition.Partition, o.Offset, -1)
	}
	answer, err := c.admin.DeleteRecords(ctx, asked)
	if err == nil {
		err = answer.Error()
	}
	if err != nil {
		return nil, err
	}
	marks := []int64{}
	for _, o := range before {
		got, _ := answer.Lookup(o.Topic, o.Partition.Partition)
		marks = append(marks, got.LowWatermark)
	}
	return marks, nil
}

func (c *client) DescribeConfigs(resource driver.Resource) (map[string]*string, error) {
	ctx, cancel := patience()
	defer cancel()
	var described kadm.ResourceConfigs
	var err error
	if resource.Type == "topic" {
		described, err = c.admin.DescribeTopicConfigs(ctx, resource.Name)
	} else {
		var id int32
		if id, err = brokerID(resource); err == nil {
			described, err = c.admin.DescribeBrokerConfigs(ctx, id)
		}
	}
	if err != nil {
		return nil, err
	}
	one, err := described.On(resource.Name, nil)
	if err == nil {
		err = one.Err
	}
	configs := map[string]*string{}
	for _, config := range one.Configs {
		configs[config.Key] = config.Value
	}
	return configs, err
}

func (c *client) AlterConfigs(
	resource driver.Resource, set map[string]string, remove []string,
) error {
	ctx, cancel := patience()
	defer cancel()
	changes := []kadm.AlterConfig{}
	for name, value := range set {
		changes = append(changes, kadm.AlterConfig{Op: kadm.SetConfig, Name: name, Value: &value})
	}
	for _, name := range remove {
		changes = append(changes, kadm.AlterConfig{Op: kadm.DeleteConfig, Name: name})
	}
	var answers kadm.AlterConfigsResponses
	var err error
	if resource.Type == "topic" {
		answers, err = c.admin.AlterTopicConfigs(ctx, changes, resource.Name)
	} else {
		var id int32
		if id, err = brokerID(resource); err == nil {
			answers, err = c.admin.AlterBrokerConfigs(ctx, changes, id)
		}
	}
	for _, answer := range answers {
		if err == nil && answer.Err != nil {
			err = fmt.Errorf("%w: %s", answer.Err, answer.ErrMessage)
		}
	}
	return err
}

func brokerID(resource driver.Resource) (int32, error) {
	id, err := strconv.ParseInt(resource.Name, 10, 32)
	return int32(id), err
}

func (c *client) ListGroups() ([]string, error) {
	ctx, cancel := patience()
	defer cancel()
	listed, err := c.admin.ListGroups(ctx)
	if err != nil {
		return nil, err
	}
	return listed.Groups(), nil
}

func (c *client) DescribeGroup(group string) (driver.Group, error) {
	ctx, cancel := patience()
	defer cancel()
	described, err := c.admin.DescribeGroups(ctx, group)
	if err != nil {
		return driver.Group{}, err
	}
	one, err := described.On(group, nil)
	if err == nil {
		err = one.Err
	}
	members := []driver.Member{}
	for _, m := range one.Members {
		member := driver.Member{ID: m.MemberID, ClientID: m.ClientID}
		if assigned, ok := m.Assigned.AsConsumer(); ok {
			for _, topic := range assigned.Topics {
				each(map[string][]int32{topic.Topic: topic.Partitions}, func(p driver.Partition) {
					member.Assignment = append(member.Assignment, p)
				})
			}
		}
		members = append(members, member)
	}
	return driver.Group{State: one.State, Protocol: one.Protocol, Members: members}, err
}

func (c *client) DeleteGroups(groups []string) error {
	ctx, cancel := patience()
	defer cancel()
	answer, err := c.admin.DeleteGroups(ctx, groups...)
	if err != nil {
		return err
	}
	return answer.Error()
}
