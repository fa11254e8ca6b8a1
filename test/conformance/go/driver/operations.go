package driver

import (
	"fmt"
	"time"
)

// clientHandlers are the operations that need no consumer.
func (s *server) clientHandlers() map[string]handler {
	c := s.client
	return map[string]handler{
		"produce": on(func(q struct {
			ProducerOptions
			Records []NewRecord `json:"records"`
		}) ([]Delivery, error) {
			return c.Produce(q.ProducerOptions, q.Records)
		}),
		"offsets": on(func(q struct {
			Partitions []Partition `json:"partitions"`
			At         At          `json:"at"`
		}) ([]Offset, error) {
			return c.Offsets(q.Partitions, q.At)
		}),
		"createTopics": on(func(q struct {
			Topics []Topic `json:"topics"`
		}) (none, error) {
			return none{}, c.CreateTopics(q.Topics)
		}),
		"deleteTopics": on(func(q struct {
			Names []string `json:"names"`
		}) (none, error) {
			return none{}, c.DeleteTopics(q.Names)
		}),
		"createPartitions": on(func(q struct {
			Topic string `json:"topic"`
			Total int32  `json:"total"`
		}) (none, error) {
			return none{}, c.CreatePartitions(q.Topic, q.Total)
		}),
		"listTopics": on(func(none) ([]Topic, error) { return c.ListTopics() }),
		"deleteRecords": on(func(q struct {
			Partitions []Offset `json:"partitions"`
		}) ([]int64, error) {
			return c.DeleteRecords(q.Partitions)
		}),
		"describeConfigs": on(c.DescribeConfigs),
		"alterConfigs": on(func(q struct {
			Resource
			Set    map[string]string `json:"set"`
			Remove []string          `json:"remove"`
		}) (none, error) {
			return none{}, c.AlterConfigs(q.Resource, q.Set, q.Remove)
		}),
		"listGroups": on(func(none) ([]string, error) { return c.ListGroups() }),
		"describeGroup": on(func(q struct {
			Group string `json:"group"`
		}) (Group, error) {
			return c.DescribeGroup(q.Group)
		}),
		"deleteGroups": on(func(q struct {
			Groups []string `json:"groups"`
		}) (none, error) {
			return none{}, c.DeleteGroups(q.Groups)
		}),
		"transactional": on(func(q struct {
			ID        string `json:"transactionalId"`
			TimeoutMs int    `json:"timeoutMs"`
		}) (Initialised, error) {
			return s.transactional(q.ID, time.Duration(q.TimeoutMs)*time.Millisecond), nil
		}),
	}
}

// consumerRequest has the fields of all operations of a consumer.
type consumerRequest struct {
	Consumer  string `json:"consumer"`
	Max       int    `json:"max"`
	TimeoutMs int    `json:"timeoutMs"`
	// Of seek and position.
	Offset
	Topics     []string    `json:"topics"`
	Partitions []Partition `json:"partitions"`
	Offsets    []Offset    `json:"offsets"`
}

// consumerHandlers are the operations of a consumer that the request names.
func (s *server) consumerHandlers() map[string]handler {
	of := func(run func(Consumer, consumerRequest) (any, error)) handler {
		return on(func(q consumerRequest) (any, error) {
			consumer, err := s.consumer(q.Consumer)
			if err != nil {
				return nil, err
			}
			return run(consumer, q)
		})
	}
	return map[string]handler{
		"openConsumer":  on(s.openConsumer),
		"closeConsumer": on(s.closeConsumer),
		"assign":        on(s.assign),
		"subscribe": of(func(c Consumer, q consumerRequest) (any, error) {
			return none{}, c.Subscribe(q.Topics)
		}),
		"poll": of(func(c Consumer, q consumerRequest) (any, error) {
			return c.Poll(q.Max, time.Duration(q.TimeoutMs)*time.Millisecond)
		}),
		"assignment": of(func(c Consumer, _ consumerRequest) (any, error) {
			return c.Assignment()
		}),
		"seek": of(func(c Consumer, q consumerRequest) (any, error) {
			return none{}, c.Seek(q.Offset)
		}),
		"pause": of(func(c Consumer, q consumerRequest) (any, error) {
			return none{}, c.Pause(q.Partitions)
		}),
		"resume": of(func(c Consumer, q consumerRequest) (any, error) {
			return none{}, c.Resume(q.Partitions)
		}),
		"position": of(func(c Consumer, q consumerRequest) (any, error) {
			return c.Position(q.Offset.Partition)
		}),
		"commit": of(func(c Consumer, q consumerRequest) (any, error) {
			return none{}, c.Commit(q.Offsets)
		}),
		"committed": of(func(c Consumer, q consumerRequest) (any, error) {
			return c.Committed(q.Partitions)
		}),
	}
}

func (s *server) openConsumer(q struct {
	Consumer string `json:"consumer"`
	ConsumerOptions
}) (none, error) {
	consumer, err := s.client.OpenConsumer(q.ConsumerOptions)
	if err != nil {
		return none{}, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.consumers[q.Consumer] = consumer
	return none{}, nil
}

func (s *server) closeConsumer(q struct {
	Consumer string `json:"consumer"`
}) (none, error) {
	consumer, err := s.consumer(q.Consumer)
	if err != nil {
		return none{}, err
	}
	s.mutex.Lock()
	delete(s.consumers, q.Consumer)
	s.mutex.Unlock()
	return none{}, consumer.Close()
}

func (s *server) assign(q struct {
	Consumer   string     `json:"consumer"`
	Partitions []Position `json:"partitions"`
}) (none, error) {
	consumer, err := s.consumer(q.Consumer)
	if err != nil {
		return none{}, err
	}
	return none{}, consumer.Assign(q.Partitions)
}

func (s *server) consumer(name string) (Consumer, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if consumer, ok := s.consumers[name]; ok {
		return consumer, nil
	}
	return nil, fmt.Errorf("there is no consumer %s", name)
}
